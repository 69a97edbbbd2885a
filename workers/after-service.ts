import { existsSync, readFileSync, watch } from 'node:fs';
import type { AnyCommand } from '../src/core/command.ts';
import type { Host } from '../src/core/job-context.ts';
import type { StateDir } from '../src/queue/state-dir.ts';

/**
 * Does what is left of the command that ended the service, as soon as the api says that nothing listens any more; at once where it
 * has said so before. A worker that died in between is followed by one that does it again. Returns what stops looking out.
 */
export function followServiceEnd(
  { root, serviceEnd }: Pick<StateDir, 'root' | 'serviceEnd'>,
  commands: ReadonlyMap<string, AnyCommand>,
  host: Host,
): () => void {
  let isBegun = false;
  const look = (): void => {
    if (isBegun || !existsSync(serviceEnd)) return;
    isBegun = true;
    const command = readFileSync(serviceEnd, 'utf8');
    host.log.info({ command }, 'the api serves no more');
    commands
      .get(command)
      ?.afterService?.(host)
      .then(
        () => host.log.info({ command }, 'nothing is left to do in this boot'),
        (error: unknown) =>
          host.log.warn({ command, error }, 'what was left to do after the end of the service failed'),
      );
  };
  const watcher = watch(root, { persistent: false }, look);
  look();
  return () => watcher.close();
}
