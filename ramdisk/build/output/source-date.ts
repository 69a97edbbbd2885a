import { appDir } from '../../../scripts/cli/bundle.ts';
import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';

/** For where a time has to stand: SOURCE_DATE_EPOCH (reproducible-builds.org), else that of the last commit. In seconds. */
export async function sourceDate(): Promise<number> {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined && /^\d+$/.test(given)) return Number(given);
  const committed = await createRunProgram()('git', ['-C', appDir, 'log', '-1', '--format=%ct']).catch(() => '');
  return Number(committed.trim() || '1767225600'); // 2026, for sources without git; FAT knows no time before 1980
}
