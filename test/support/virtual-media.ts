import type { LsblkRow } from '../../src/tools/lsblk.ts';
import { parseRows } from '../../src/tools/lsblk.ts';
import { capturedOutput } from './captured-output.ts';

const [disk] = parseRows(capturedOutput('lsblk', 'virtio-disk').text);

/** A row of lsblk, as captured, of which only what matters is said. */
export function mediaRow(fields: Partial<LsblkRow>): LsblkRow {
  if (!disk) throw new Error('the captured lsblk has no disk');
  return { ...disk, label: null, model: null, mountPoints: [], ...fields };
}
