import { type Identities, identitiesOf } from './identities.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { binaryMark, type MachineCapture } from './raw-capture.ts';

/** With dashes and the type of the network before it, as boot loaders write it (`01-52-54-...`), too. */
const mac = '(?<![0-9a-f:-])(?:01-)?[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![0-9a-f:-])';
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[0-9a-f]{8}:){3}[0-9a-f]{8}';

/** Types of partitions, the same on every machine: EFI system, BIOS boot, Linux, swap, RAID, LVM, root (x86-64), Microsoft. */
const publicUuids = new Set([
  'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  '21686148-6449-6e6f-744e-656564454649',
  '0fc63daf-8483-4772-8e79-3d69d8477de4',
  '0657fd6d-a4ab-43c4-84e5-0933c84b4f4f',
  'a19d880f-05fc-4d3b-a006-743f0f84911e',
  'e6d6d379-f507-44c2-a23c-238f2a3df928',
  '4f68bce3-e8cd-4db1-96e7-fbcaf984b709',
  'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7',
]);

/** Parameters of the kernel that name nothing and nobody. */
const harmlessParameters = new Set(['BOOTIF', 'console', 'panic', 'quiet', 'rw', 'ro']);

/** The capture without what tells which machine it is: the same identity becomes the same pseudonym wherever it stands. */
export function redact(capture: MachineCapture): MachineCapture {
  const replace = replacer(identitiesOf(capture));
  const text = (path: string, content: string): string => {
    if (content.startsWith(binaryMark)) return replace.bytes(content);
    if (path === '/proc/cmdline') return replace.text(harmless(content));
    return path === '/proc/sys/kernel/hostname' ? 'host\n' : replace.text(content);
  };
  const mapped = (record: Readonly<Record<string, string>>, change: (key: string, value: string) => string) =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [replace.text(key), change(key, value)]));
  return {
    files: mapped(capture.files, text),
    links: mapped(capture.links, (_, target) => replace.text(target)),
    programs: capture.programs.map(({ argv, exitCode, stdout, stderr }) => ({
      argv: argv.map(replace.text),
      exitCode,
      stdout: replace.text(stdout),
      stderr: replace.text(stderr),
    })),
  };
}

function harmless(commandLine: string): string {
  const kept = commandLine
    .trim()
    .split(/\s+/)
    .filter((word) => harmlessParameters.has(word.replace(/=.*$/s, '')));
  return `${kept.join(' ')}\n`;
}

function replacer(identities: Identities) {
  const names = new Pseudonyms();
  const known = knownTexts(identities, names);
  const literals = [...known.keys()].sort((a, b) => b.length - a.length).map(literally);
  const literal = literals.length > 0 ? `(?<![0-9a-z])(?:${literals.join('|')})(?![0-9a-z])|` : '';
  const any = new RegExp(`${literal}${mac}|${uuid}`, 'gi');
  const pseudonym = (found: string): string => {
    const given = known.get(found.toLowerCase());
    if (given !== undefined) return given;
    if (/^[0-9a-f]{2}[:-]/i.test(found)) {
      if (found.includes(':')) return names.mac(found);
      const address = found.slice(-17);
      return found.slice(0, -17) + names.mac(address.replaceAll('-', ':')).replaceAll(':', '-');
    }
    return publicUuids.has(found.toLowerCase()) ? found : names.uuid(found);
  };
  const text = (content: string): string => bareMacs(content.replace(any, pseudonym), names);
  return {
    text,
    /** SMBIOS: texts as they are, and the UUID of the system (7.2.1) with its first three fields in little-endian order. */
    bytes: (content: string): string => {
      const bytes = Buffer.from(content.slice(binaryMark.length), 'base64');
      const replaced = Buffer.from(systemUuid(bytes.toString('latin1'), names).replace(any, pseudonym), 'latin1');
      return binaryMark + replaced.toString('base64');
    },
  };
}

function knownTexts({ serials, wwns, shortUuids, ipv4, ipv6, hostName }: Identities, names: Pseudonyms) {
  const known = new Map<string, string>();
  const add = (from: string, to: string): void => void known.set(from.toLowerCase(), to);
  const hex = (value: string): string => Buffer.from(value).toString('hex');
  for (const serial of serials) {
    const made = names.serial(serial);
    add(serial, made);
    add(serial.replaceAll(' ', '_'), made.replaceAll(' ', '_'));
    // In the names of NVMe namespaces.
    add(hex(serial), hex(made));
  }
  for (const wwn of wwns) for (const prefix of ['', '0x', '3']) add(prefix + wwn, prefix + names.wwn(wwn));
  for (const short of shortUuids) add(short, names.uuid(short));
  for (const address of ipv4) add(address, names.ipv4(address));
  for (const address of ipv6) add(address, names.ipv6(address));
  // A shorter one is part of too many other names; those two places are all that is certain.
  if (hostName.length > 3 && hostName !== 'localhost') add(hostName, 'host');
  else add(`"id" : "${hostName}"`, '"id" : "host"');
  return known;
}

/** `enx525400123456`, as udev names cards by their address. */
function bareMacs(content: string, names: Pseudonyms): string {
  return content.replace(
    /\b(enx|wlx|ID_NET_NAME_MAC=e[a-z]x)([0-9a-f]{12})\b/g,
    (_, prefix: string, digits: string) => {
      const address = digits.match(/../g)?.join(':') ?? '';
      return prefix + names.mac(address).replaceAll(':', '');
    },
  );
}

/** The table with another UUID; without a structure of type 1 that has one, as it is. */
function systemUuid(table: string, names: Pseudonyms): string {
  const at = systemStructure(table);
  if (at === null) return table;
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((offset) => at + 8 + offset);
  const digits = order.map((index) => table.charCodeAt(index).toString(16).padStart(2, '0')).join('');
  const replaced = names.uuid(digits);
  const bytes = [...table];
  for (const [position, index] of order.entries()) {
    bytes[index] = String.fromCharCode(Number.parseInt(replaced.slice(position * 2, position * 2 + 2), 16));
  }
  return bytes.join('');
}

/** Where the structure of type 1 begins. Each has its type, its length, a handle, and texts up to two zero bytes (6.1.2, 6.1.3). */
function systemStructure(table: string): number | null {
  let at = 0;
  while (at + 4 <= table.length) {
    const length = table.charCodeAt(at + 1);
    if (table.charCodeAt(at) === 1 && length >= 24) return at;
    const end = table.indexOf('\0\0', at + length);
    if (length < 4 || end === -1) return null;
    at = end + 2;
  }
  return null;
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
