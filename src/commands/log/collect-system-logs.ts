import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import joi from 'joi';
import { defineCommand } from '../../core/command.ts';
import type { JobContext } from '../../core/job-context.ts';
import { LogCollectionError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import { gatherLogs } from '../../log/gather-logs.ts';
import { type TarMember, tarArchive } from '../../log/tar.ts';

/** The conductor waits 60 s for the answer; packing takes some of it. */
const gatherSeconds = 50;

/** Before it is packed. */
const limitBytes = 64 * 1024 * 1024;

const compress = promisify(gzip);

export const collectSystemLogs = defineCommand({
  name: 'log.collect_system_logs',
  summary: 'Collect the logs and the state of this machine into an archive.',
  params: joi.object({}).unknown(),
  mode: 'sync',
  handling: { kind: 'fixed', queue: 'system', replay: 'repeatable', progress: 'steps' },
  abortable: true,
  async run(_params, context) {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(gatherSeconds * 1000)]);
    try {
      const members = await gatherLogs({
        run: context.run,
        signal,
        limitBytes,
        certificates: certificateMembers(context),
      });
      context.signal.throwIfAborted();
      const archive = await compress(tarArchive(members, new Date()));
      return { system_logs: archive.toString('base64') };
    } catch (error) {
      if (context.signal.aborted) throw error;
      throw new LogCollectionError(errorText(error), { cause: error });
    }
  },
});

const certificateFolder = 'erase-certificates';

/** What was erased in this boot, as it was signed. A store that cannot be read does not keep the logs from coming. */
function certificateMembers({ certificates }: Pick<JobContext, 'certificates'>): readonly TarMember[] {
  try {
    return certificates.ids().flatMap((id) =>
      (['json', 'html'] as const).map((form) => {
        const text = certificates.read(id, form) ?? '';
        return { name: `${certificateFolder}/${id}.${form}`, content: Buffer.from(text) };
      }),
    );
  } catch (error) {
    return [{ name: `${certificateFolder}/not-collected`, content: Buffer.from(`${errorText(error)}\n`) }];
  }
}
