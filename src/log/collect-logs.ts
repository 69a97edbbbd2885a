import type { JobContext } from '../core/job-context.ts';
import { errorText } from '../errors/guards.ts';
import { startTool } from '../tools/start.ts';
import { type GatherOptions, gatherLogs, type SignedMember } from './gather-logs.ts';

/**
 * The logs of this machine as a job sees them: a tar.gz in base64, handed to `append` while it grows. Throws when the job is
 * aborted meanwhile.
 */
export async function collectLogs(
  context: JobContext,
  bounds: Pick<GatherOptions, 'seconds' | 'limitBytes'>,
  append: (base64: string) => void,
): Promise<void> {
  const { run, commandRecords: commands, spoolDir } = context;
  const start: GatherOptions['start'] = (call) => startTool(call, context);
  await gatherLogs({ ...bounds, run, start, commands, spoolDir, signed: certificatesOf(context) }, append);
  context.signal.throwIfAborted();
}

const certificateFolder = 'erase-certificates';

/** What was erased in this boot, as it was signed. A store that cannot be read does not keep the logs from coming. */
function certificatesOf({ certificates }: Pick<JobContext, 'certificates'>): readonly SignedMember[] {
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
