import type { MachineCapture } from './raw-capture.ts';

/** Texts of a capture that tell which machine it is, by what kind of thing they are. */
export interface Identities {
  readonly serials: ReadonlySet<string>;
  /** Hexadecimal digits without `0x` or `naa.`. */
  readonly wwns: ReadonlySet<string>;
  /** UUIDs that do not look like it: of FAT file systems and MBR tables. */
  readonly shortUuids: ReadonlySet<string>;
  readonly ipv4: ReadonlySet<string>;
  readonly ipv6: ReadonlySet<string>;
  readonly hostName: string;
}

const serialFiles = /(?:_serial|_asset_tag|\/serial|\/serial-number)$/;
const serialValues = [
  /^\s*(?:Serial Number|Asset Tag): (.+)$/gm,
  /"serial"\s*:\s*"([^"]+)"/g,
  /^(?:ID_SERIAL_SHORT|ID_SCSI_SERIAL|ID_USB_SERIAL_SHORT|DM_SERIAL|SCSI_IDENT_SERIAL)=(.+)$/gm,
];
/** What firmware says when it has no serial number; and the address that the kernel gives a USB host controller as one. */
const noSerial =
  /^(?:not (?:specified|provided|available|settable)|none|unknown|n\/a|no asset.*|default string|to be filled.*|system serial.*|chassis serial.*|0+|[0-9a-f:]*:[0-9a-f]{2}\.[0-7]|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/i;
const wwnValue =
  /(?:\bnaa\.|\beui\.|\b0x|\bscsi-3|=3|sas_address[^0-9]*0x)([2356][0-9a-f]{15}(?:[0-9a-f]{16})?|0[0-9a-f]{15})\b/gi;
const shortUuidValue =
  /(?:^ID_(?:FS_UUID|PART_TABLE_UUID|PART_ENTRY_UUID)=|"(?:uuid|partuuid|ptuuid)"\s*:\s*")([0-9a-f]{4}-[0-9a-f]{4}|[0-9a-f]{8})(?=-\d\d\b|(?![-0-9a-z]))/gim;
const ipv4Value = /(?<![\d.])(?!0\.0\.0\.0|127\.|255\.|192\.0\.2\.)\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g;
const ipv6Value = /(?:"(?:local|address|broadcast)"\s*:\s*"|Address:\s+)([0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*)(?=["/])/gi;

/** Finds what is to be replaced; UUIDs and MAC addresses are told by their form wherever they are. */
export function identitiesOf({ files, programs }: MachineCapture): Identities {
  const outputs = programs.map(({ stdout }) => stdout);
  const told = [...outputs, ...Object.values(files)];
  const addressed = programs
    .filter(({ argv }) => argv[0] === 'ip' || argv[0] === 'ipmitool')
    .map(({ stdout }) => stdout);
  const fromFiles = Object.entries(files).flatMap(([path, text]) => (serialFiles.test(path) ? [text] : []));
  const serials = [...fromFiles, ...serialValues.flatMap((value) => found(outputs, value))]
    .map((serial) => serial.replaceAll('\0', '').trim())
    .filter((serial) => serial.length > 2 && !noSerial.test(serial));
  const macForm = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i;
  return {
    serials: new Set(serials),
    wwns: new Set(found(told, wwnValue).filter((digits) => !/^0+$/.test(digits))),
    shortUuids: new Set(found(outputs, shortUuidValue)),
    ipv4: new Set(addressed.flatMap((text) => text.match(ipv4Value) ?? [])),
    ipv6: new Set(
      found(addressed, ipv6Value).filter((address) => !macForm.test(address) && !/^(::1?|.{30,})$/.test(address)),
    ),
    hostName: (files['/proc/sys/kernel/hostname'] ?? '').trim(),
  };
}

function found(texts: readonly string[], value: RegExp): readonly string[] {
  return texts.flatMap((text) => [...text.matchAll(value)].flatMap((match) => match[1] ?? []));
}
