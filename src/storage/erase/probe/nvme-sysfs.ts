import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hasErrorCode } from '../../../errors/guards.ts';
import { devicePath, kernelName } from '../../sysfs.ts';

/**
 * Reads what the kernel knows of NVMe (Documentation/ABI/stable/sysfs-block, drivers/nvme/host/sysfs.c). The block device of a
 * namespace hangs on its controller; with native multipath it hangs on the subsystem, and each controller has a hidden block
 * device of its own below it (`nvme0c1n1`), which nobody can open. `root` is `/sys`; another one in tests.
 */

/** What tells a namespace from all others, whatever name it has today. */
export interface NvmeIdentity {
  readonly serial: string;
  readonly namespaceId: number;
}

/** Name of the controller of a namespace (one of them, with multipath): `nvme0`. Throws where it has none. */
export function findNvmeController(device: string, root = '/sys'): string {
  const [controller] = controllersOf(parentOf(device, root), root);
  if (controller === undefined) throw new Error(`${device} has no NVMe controller`);
  return controller;
}

/** Every namespace of the subsystem of a device, itself included, by number. Throws where the device is no namespace. */
export function listNvmeNamespaces(device: string, root = '/sys'): readonly string[] {
  const subsystem = subsystemOf(parentOf(device, root), root);
  const family = new Set([subsystem, ...controllersOf(subsystem, root)]);
  const namespaces = readdirSync(join(root, 'class/block'))
    .map(devicePath)
    .filter((path) => isNamespace(path, root) && family.has(parentOf(path, root)));
  if (!namespaces.includes(device)) throw new Error(`${device} is not among the namespaces of ${subsystem}`);
  return namespaces.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** How many controllers of the subsystem of a device the kernel knows. */
export function countNvmeControllers(device: string, root = '/sys'): number {
  return controllersOf(subsystemOf(parentOf(device, root), root), root).length;
}

/** Throws where the kernel does not know serial number and namespace ID. */
export function readNvmeIdentity(device: string, root = '/sys'): NvmeIdentity {
  const identity = identityOf(device, root);
  if (identity === null) throw new Error(`${device} has no serial number or no namespace ID`);
  return identity;
}

/** Where a namespace is now: under its known name, else another one; null while it is away. */
export function findNvmeNamespace(identity: NvmeIdentity, known: string, root = '/sys'): string | null {
  if (isSame(identity, known, root)) return known;
  const others = readdirSync(join(root, 'class/block')).map(devicePath);
  return others.find((path) => isNamespace(path, root) && isSame(identity, path, root)) ?? null;
}

function isSame(identity: NvmeIdentity, device: string, root: string): boolean {
  const found = identityOf(device, root);
  return found !== null && found.serial === identity.serial && found.namespaceId === identity.namespaceId;
}

function identityOf(device: string, root: string): NvmeIdentity | null {
  const serial = attribute(device, 'device/serial', root);
  const namespaceId = attribute(device, 'nsid', root);
  if (serial === null || serial === '' || namespaceId === null) return null;
  return { serial, namespaceId: Number(namespaceId) };
}

function isNamespace(device: string, root: string): boolean {
  return attribute(device, 'nsid', root) !== null && attribute(device, 'hidden', root) !== '1';
}

/** `nvme0` or `nvme-subsys0`; the name of whatever it hangs on, where that is no NVMe. */
function parentOf(device: string, root: string): string {
  return basename(realpathSync(join(root, 'class/block', kernelName(device), 'device')));
}

function subsystemOf(parent: string, root: string): string {
  const directory = join(root, 'class/nvme-subsystem');
  const all = readdirSync(directory);
  const own = all.find((name) => name === parent || readdirSync(join(directory, name)).includes(parent));
  if (own === undefined) throw new Error(`the kernel knows no NVMe subsystem of ${parent}`);
  return own;
}

/** Of a subsystem its controllers, of a controller itself. */
function controllersOf(parent: string, root: string): readonly string[] {
  if (/^nvme\d+$/.test(parent)) return [parent];
  return readdirSync(join(root, 'class/nvme-subsystem', parent)).filter((entry) => /^nvme\d+$/.test(entry));
}

function attribute(device: string, name: string, root: string): string | null {
  try {
    return readFileSync(join(root, 'class/block', kernelName(device), name), 'utf8').trim();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ENODEV', 'EINVAL')) return null;
    throw error;
  }
}
