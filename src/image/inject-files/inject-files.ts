import { mountPartition } from '../../boot/mounted-partition.ts';
import type { StepContext } from '../../core/job-context.ts';
import { CommandExecutionError, InvalidCommandParamsError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import { ToolError } from '../../errors/tool-error.ts';
import { copyAttributes } from '../../tools/cp.ts';
import type { RemoteOptions } from '../http/remote-options.ts';
import { about } from './about-file.ts';
import { assignFiles, type SearchedFile } from './assign-files.ts';
import { checkFile } from './check-file.ts';
import type { FileRequest } from './file-request.ts';
import { show } from './inside-root.ts';
import { type LoadedFile, loadContent, maximumContentBytes } from './load-contents.ts';
import { type PlacedFile, putFile } from './put-file.ts';
import { findVolumes, type MountableVolume } from './volumes.ts';

/**
 * Writes files into the installed system, or deletes them. First all is found out that can go wrong: devices, the guard's opinion,
 * contents, the place of each file. Then each volume is mounted, written, mounted anew and read back. To do it twice is to do it once.
 * Throws InvalidCommandParamsError, DeviceNotFoundError, ProtectedDeviceError, CommandExecutionError, or the reason of the signal.
 */
export async function injectFiles(
  requests: readonly FileRequest[],
  options: RemoteOptions,
  context: StepContext,
): Promise<void> {
  const volumes = await findVolumes(requests, context);
  const files: SearchedFile[] = [];
  let left = maximumContentBytes;
  for (const request of requests) {
    const load = (): Promise<LoadedFile> => loadContent(request, context, options, left);
    const file = await about(request, load, InvalidCommandParamsError);
    left -= file.bytes?.length ?? 0;
    files.push({ file, volumes: volumes.get(request) ?? [] });
  }
  let done = 0;
  const count = (): void => context.report({ phase: 'write', done: done++, total: files.length });
  for (const [volume, its] of await assignFiles(files, context)) {
    try {
      await readBack(volume, await write(volume, its, count, context), context);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      throw new CommandExecutionError(`${volume.device.path}: ${errorText(error)}`, { cause: error });
    }
  }
  count();
}

interface Written {
  readonly file: LoadedFile;
  readonly placed: PlacedFile;
}

/** What was written, by its place: the last one where two files went to the same. */
async function write(
  { device, fileSystem }: MountableVolume,
  files: readonly LoadedFile[],
  count: () => void,
  context: StepContext,
): Promise<readonly Written[]> {
  await using mounted = await mountPartition(context, device.path, { fileSystem, access: 'read-write' });
  const inherit = async (from: string, to: string): Promise<void> => {
    // A vfat has no attributes, and cp would say so.
    if (fileSystem !== 'vfat') await copyAttributes(context.run, { device: device.path, from, to });
  };
  const written = new Map<string, Written>();
  for (const file of files) {
    context.signal.throwIfAborted();
    count();
    const placed = await about(file, () => putFile(mounted.directory, file, inherit));
    written.set(show(placed.names), { file, placed });
  }
  return [...written.values()];
}

/** Mounted anew, so that it comes from the disk and not from what the kernel remembers of the write. */
async function readBack(
  { device, fileSystem }: MountableVolume,
  written: readonly Written[],
  context: StepContext,
): Promise<void> {
  await using mounted = await mountPartition(context, device.path, { fileSystem, access: 'read-only' });
  for (const { file, placed } of written) {
    await about(file, () => checkFile(mounted.directory, placed, fileSystem !== 'vfat'));
    const { names, replaced, state } = placed;
    const fields = { path: file.path, device: device.path, place: show(names), replaced };
    if (state === null) context.log.info(fields, 'file deleted, and found gone');
    else {
      const { bytes, mode, owner, group } = state;
      context.log.info(
        { ...fields, bytes: bytes.length, mode: `0o${mode.toString(8)}`, owner, group },
        'file injected and read back',
      );
    }
  }
}
