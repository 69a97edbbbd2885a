import { CommandExecutionError, type InvalidCommandParamsError } from '../../errors/catalogue.ts';
import { errorText, isSystemError } from '../../errors/guards.ts';
import { TransferError } from '../http/transfer-error.ts';
import type { FileRequest } from './file-request.ts';
import { InjectionError } from './injection-error.ts';

/** Does something with a file; what is wrong with it becomes an error of the catalogue that begins with its path. */
export async function about<T>(
  { path }: FileRequest,
  work: () => Promise<T>,
  WireError: typeof CommandExecutionError | typeof InvalidCommandParamsError = CommandExecutionError,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InjectionError) throw new WireError(`${path}: ${error.message}`, { cause: error });
    if (error instanceof TransferError || isSystemError(error)) {
      throw new CommandExecutionError(`${path}: ${errorText(error)}`, { cause: error });
    }
    throw error;
  }
}
