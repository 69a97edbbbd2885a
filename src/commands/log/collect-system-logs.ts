import joi from 'joi';
import { defineCommand } from '../../core/command.ts';
import { LogCollectionError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import { collectLogs } from '../../log/collect-logs.ts';

/** The conductor waits 60 s for the answer; to send it takes some of them. */
const seconds = { programs: 25, all: 45 } as const;

/** Before it is packed. */
const limitBytes = 64 * 1024 * 1024;

export const collectSystemLogs = defineCommand({
  name: 'log.collect_system_logs',
  summary: 'Collect the logs and the state of this machine into an archive.',
  params: joi.object({}).unknown(),
  mode: 'sync',
  handling: { kind: 'fixed', queue: 'system', replay: 'repeatable', progress: 'steps' },
  abortable: true,
  async run(_params, context) {
    try {
      return await context.storeResult(async (append) => {
        append('{"system_logs":"');
        await collectLogs(context, { seconds, limitBytes }, append);
        append('"}');
      });
    } catch (error) {
      if (context.signal.aborted) throw error;
      throw new LogCollectionError(errorText(error), { cause: error });
    }
  },
});
