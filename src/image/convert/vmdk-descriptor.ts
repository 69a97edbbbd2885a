import { demand, HeaderError } from './header-bytes.ts';

const createTypes = ['monolithicSparse', 'streamOptimized'];

/** Hexadecimal digits. */
const longestCid = 8;

/** Keys that say something about this disk alone. Anything that is not here could refer to another file one day. */
const harmless = new Set(['version', 'encoding', 'cid', 'parentcid', 'createtype', 'isnativesnapshot']);

/**
 * Demands that the embedded descriptor describes the very file that it is in and nothing else: every line must be understood.
 * Throws HeaderError. Source: VMware, Virtual Disk Format 1.1, "The Descriptor".
 */
export function checkVmdkDescriptor(descriptor: string, capacitySectors: number): void {
  const end = descriptor.indexOf('\0');
  const text = end < 0 ? descriptor : descriptor.slice(0, end);
  demand(/^[\x20-\x7e\t\r\n]*$/.test(text), 'has a descriptor that is not text');
  demand(end < 0 || isRest(descriptor.slice(end), text), 'has something hidden behind the end of its descriptor');
  const lines = text.split('\n').map((line) => line.trim());
  demand(lines[0] === '# Disk DescriptorFile', 'has a descriptor that does not begin like one');
  const settings = new Map<string, string>();
  const extents: string[] = [];
  for (const line of lines) readLine(line, settings, extents);
  demand(settings.get('version') === '1', `has a descriptor of version ${settings.get('version')}`);
  const kind = settings.get('createtype') ?? '(none)';
  demand(createTypes.includes(kind), `is of type ${kind}, only ${createTypes.join(' and ')} are one file`);
  demand(settings.get('parentcid')?.toLowerCase() === 'ffffffff', `has a parent (${settings.get('parentcid')})`);
  demand(extents.length === 1, `has ${extents.length} extents`);
  for (const extent of extents) checkExtent(extent, capacitySectors);
}

/**
 * Nothing, or what a longer text left when a shorter one was written over it, which is the end of both: qemu-img (block/vmdk.c,
 * vmdk_write_cid) does not pad the CID, so that one of about 300 images has it.
 */
function isRest(behind: string, text: string): boolean {
  const [, left] = /^\0([^\0]*)\0*$/.exec(behind) ?? [];
  return left !== undefined && left.length < longestCid && text.endsWith(left);
}

function readLine(line: string, settings: Map<string, string>, extents: string[]): void {
  if (line === '' || line.startsWith('#')) return;
  if (/^(RW|RDONLY|NOACCESS)\s/i.test(line)) {
    extents.push(line);
    return;
  }
  const [, name, value] = /^([A-Za-z][\w.]*)\s*=\s*"?([^"]*)"?$/.exec(line) ?? [];
  if (name === undefined || value === undefined)
    throw new HeaderError(`has an unknown line in its descriptor: ${line}`);
  const key = name.toLowerCase();
  if (key.startsWith('ddb.')) return;
  demand(harmless.has(key), `has ${name} in its descriptor, which may refer to another file`);
  demand(!settings.has(key), `has ${name} twice in its descriptor`);
  settings.set(key, value);
}

function checkExtent(line: string, capacitySectors: number): void {
  const [, sectors, kind, name] = /^(?:RW|RDONLY) (\d+) (\w+) "([^"]*)"(?: 0)?$/i.exec(line) ?? [];
  if (name === undefined) throw new HeaderError(`has an unknown extent: ${line}`);
  demand(kind === 'SPARSE', `has an extent of type ${kind}: ${line}`);
  demand(!/[/\\:]/.test(name), `has an extent in another place: ${line}`);
  demand(Number(sectors) === capacitySectors, `has an extent of ${sectors} sectors for a disk of ${capacitySectors}`);
}
