import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { StateDir } from './state-dir.ts';

/** Removes what a worker left that was killed: they are files in memory, and only one process at a time spools. */
export function emptySpool(state: StateDir): void {
  for (const name of readdirSync(state.spool)) rmSync(path.join(state.spool, name), { recursive: true, force: true });
}
