import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Stage } from './flow.ts';

/**
 * Sets fields of driver_internal_info in the database of the conductor, for what no request can bring about. To be called while
 * nobody holds the node.
 */
export function setInternalInfo(
  { lab, node }: Pick<Stage, 'lab' | 'node'>,
  fields: Readonly<Record<string, unknown>>,
): void {
  const database = new DatabaseSync(path.join(lab.ironic.directory, 'ironic.sqlite'), { timeout: 5000 });
  try {
    const change = 'UPDATE nodes SET driver_internal_info = json_patch(driver_internal_info, ?) WHERE uuid = ?';
    const { changes } = database.prepare(change).run(JSON.stringify(fields), node.uuid);
    if (changes !== 1) throw new Error(`node ${node.uuid} is not in the database`);
  } finally {
    database.close();
  }
}
