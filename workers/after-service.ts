import { existsSync, watch } from 'node:fs';
import path from 'node:path';
import type { AnyCommand } from '../src/core/command.ts';
import type { Host } from '../src/core/job-context.ts';
import { readOthersFile } from '../src/queue/root-only-file.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { forgetCredentials } from './forget-credentials.ts';

/**
 * Does what is left of the command that ended the service, as soon as the api says that nothing listens any more; at once where it
 * has said so before. A worker that died in between is followed by one that does it again. Returns what stops looking out.
 */
export function followServiceEnd(state: StateDir, commands: ReadonlyMap<string, AnyCommand>, host: Host): () => void {
  const { serviceEnd } = state;
  let isBegun = false;
  const look = (): void => {
    if (isBegun || !existsSync(serviceEnd)) return;
    isBegun = true;
    const command = readOthersFile(serviceEnd);
    host.log.info({ command }, 'the api serves no more');
    forgetCredentials(host.config, state);
    commands
      .get(command)
      ?.afterService?.(host)
      .then(
        () => host.log.info({ command }, 'nothing is left to do in this boot'),
        (error: unknown) =>
          host.log.warn({ command, error }, 'what was left to do after the end of the service failed'),
      );
  };
  const watcher = watch(path.dirname(serviceEnd), { persistent: false }, look);
  look();
  return () => watcher.close();
}
