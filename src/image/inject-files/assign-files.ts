import { mountPartition } from '../../boot/mounted-partition.ts';
import type { StepContext } from '../../core/job-context.ts';
import type { AgentError } from '../../errors/agent-error.ts';
import { DeviceNotFoundError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import { ToolError } from '../../errors/tool-error.ts';
import { mountableFileSystems } from '../../tools/mount.ts';
import { about } from './about-file.ts';
import { InjectionError } from './injection-error.ts';
import { directoryInside } from './inside-root.ts';
import type { LoadedFile } from './load-contents.ts';
import { findTarget } from './put-file.ts';
import type { MountableVolume, Volume } from './volumes.ts';

/** A file and where it may go. */
export interface SearchedFile {
  readonly file: LoadedFile;
  /** One where the request says which; else all that are searched, in their order. */
  readonly volumes: readonly Volume[];
}

/**
 * Decides where each file goes, by looking into the volumes, which are mounted for reading one after the other; and looks that it can
 * go there. Nothing is written. Throws DeviceNotFoundError that says of each volume why it was not taken, CommandExecutionError.
 */
export async function assignFiles(
  files: readonly SearchedFile[],
  context: StepContext,
): Promise<ReadonlyMap<MountableVolume, readonly LoadedFile[]>> {
  const assigned = new Map<SearchedFile, MountableVolume>();
  const findings = new Map<Volume, string>();
  // All that search have the same list; it goes first, so that none meets its volumes in the order of another's.
  const inOrder = files.toSorted((one, other) => other.volumes.length - one.volumes.length);
  for (const volume of new Set(inOrder.flatMap(({ volumes }) => volumes))) {
    const asking = files.filter((each) => each.volumes.includes(volume) && !assigned.has(each));
    if (asking.length === 0 || !isMountable(volume)) continue;
    const { taken, finding } = await lookInto(volume, asking, context);
    for (const each of taken) assigned.set(each, volume);
    findings.set(volume, finding);
  }
  for (const each of files) if (!assigned.has(each)) throw notFound(each, findings);
  const volumes = [...new Set(assigned.values())];
  return new Map(
    volumes.map((volume) => [volume, files.filter((each) => assigned.get(each) === volume).map(({ file }) => file)]),
  );
}

function isMountable(volume: Volume): volume is MountableVolume {
  return volume.fileSystem !== null;
}

interface Look {
  readonly taken: readonly SearchedFile[];
  /** Why the volume is nothing for the others. */
  readonly finding: string;
}

async function lookInto(volume: MountableVolume, asking: readonly SearchedFile[], context: StepContext): Promise<Look> {
  const { device, fileSystem } = volume;
  try {
    await using mounted = await mountPartition(context, device.path, { fileSystem, access: 'read-only' });
    const taken: SearchedFile[] = [];
    for (const each of asking) {
      if (await about(each.file, () => takes(mounted.directory, each.file, volume, context))) taken.push(each);
    }
    return { taken, finding: 'it has no such directory' };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    context.log.warn({ device: device.path, error }, 'a partition could not be looked into');
    return { taken: [], finding: errorText(error) };
  }
}

/** Throws InjectionError where the file cannot go to the place that it has there. */
async function takes(
  root: string,
  file: LoadedFile,
  { fileSystem }: MountableVolume,
  context: StepContext,
): Promise<boolean> {
  if (file.partition === null && !(await hasDirectory(root, file))) return false;
  await findTarget(root, file.names);
  if (fileSystem === 'vfat') checkOwners(file, context);
  return true;
}

async function hasDirectory(root: string, { names }: LoadedFile): Promise<boolean> {
  try {
    return (await directoryInside(root, names.slice(0, 1))).missing.length === 0;
  } catch (error) {
    if (error instanceof InjectionError) return false;
    throw error;
  }
}

/** FAT keeps neither owners nor permissions. */
function checkOwners({ path, mode, directoryMode, owner, group }: LoadedFile, { log }: StepContext): void {
  if ((owner ?? 0) !== 0 || (group ?? 0) !== 0) {
    throw new InjectionError(
      `it goes to a vfat, where all belongs to user and group 0; asked for were ${owner}, ${group}`,
    );
  }
  if (mode !== null || directoryMode !== null) log.warn({ path }, 'a vfat keeps no permissions: mode has no effect');
}

function notFound({ file, volumes }: SearchedFile, findings: ReadonlyMap<Volume, string>): AgentError {
  const wanted =
    file.partition === null ? `no partition has the directory /${file.names[0]}` : 'its partition cannot be used';
  const reasons = volumes.map(
    (volume) => `${volume.device.path} (${volume.holds}): ${findings.get(volume) ?? notMounted(volume)}`,
  );
  return new DeviceNotFoundError(`${file.path}: ${wanted}: ${reasons.join('; ')}`);
}

function notMounted({ holds }: Volume): string {
  if (holds.startsWith('LVM')) return 'logical volumes are not searched';
  return `only ${mountableFileSystems.join(', ')} are mounted`;
}
