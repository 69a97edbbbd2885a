import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../core/job-context.ts';
import { CommandExecutionError, InvalidCommandParamsError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';

/** Where the result of a program goes besides the log of the job. */
export interface OutputFile extends AsyncDisposable {
  /** Replaces what is in it. */
  write(text: string): Promise<void>;
}

const nowhere: OutputFile = { write: async () => undefined, [Symbol.asyncDispose]: async () => undefined };

/**
 * Opens the file that an option names, before anything begins. In the ramdisk it may be anywhere but among what the agent keeps;
 * outside of it only in `burn-in` of the state directory, which is allowed in both. It must be a file, or not be there; a link is
 * not followed. Throws InvalidCommandParamsError, and CommandExecutionError where it cannot be opened.
 */
export async function openOutputFile(file: string | null, { latch, config }: Host): Promise<OutputFile> {
  if (file === null) return nowhere;
  const own = path.join(config.stateDir, 'burn-in');
  if (path.dirname(file) === own) await mkdir(own, { recursive: true, mode: 0o700 });
  const directory = await realpath(path.dirname(file)).catch((error: unknown) => {
    throw new CommandExecutionError(`cannot write the output file ${file}: ${errorText(error)}`, { cause: error });
  });
  const isOwn = directory === (await realpath(own).catch(() => null));
  const isAmongState = isInside(directory, await realpath(config.stateDir).catch(() => config.stateDir));
  if (!isOwn && (!latch.open || isAmongState)) {
    const where = latch.open ? `in ${config.stateDir} only ${own}` : `outside a ramdisk only ${own}`;
    throw new InvalidCommandParamsError(`cannot write the output file ${file}: ${where} may be written to`);
  }
  return outputTo(await openFile(path.join(directory, path.basename(file))));
}

function isInside(directory: string, outer: string): boolean {
  return directory === outer || directory.startsWith(`${outer}/`);
}

async function openFile(file: string): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  let handle: FileHandle | null = null;
  try {
    handle = await open(file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    if (!(await handle.stat()).isFile()) throw new Error('it is not a file');
    return handle;
  } catch (error) {
    await handle?.close();
    throw new CommandExecutionError(`cannot write the output file ${file}: ${errorText(error)}`, { cause: error });
  }
}

function outputTo(handle: FileHandle): OutputFile {
  return {
    async write(text) {
      await handle.truncate(0);
      await handle.write(text, 0);
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}
