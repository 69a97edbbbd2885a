import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const script = path.join(import.meta.dirname, 'write-child.ts');

/** One thing that a writing process told. */
export type Told = Readonly<Record<string, unknown>> & { readonly message?: string };

export interface WriteProcess {
  readonly device: string;
  readonly imageInfo: object;
  readonly config?: object;
  /** Where its checkpoint is. Default: it has none. */
  readonly stateDir?: string;
}

export interface EndedProcess {
  readonly told: readonly Told[];
  readonly isKilled: boolean;
  /** Offset of the checkpoint that the process found; null for none. */
  readonly checkpoint: number | null;
}

/** Writes an image in a process of its own, and kills that so long after it has begun to write, unless null. */
export async function runWrite(write: WriteProcess, killAfterMs: number | null): Promise<EndedProcess> {
  const { device, imageInfo, config = {}, stateDir } = write;
  const checkpoint = stateDir === undefined ? null : savedOffset(stateDir);
  const args = [script, device, JSON.stringify(imageInfo), JSON.stringify(config), ...(stateDir ? [stateDir] : [])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const told: Told[] = [];
  const begun = Promise.withResolvers<void>();
  const lines = createInterface(child.stdout).on('line', (line) => {
    const news = JSON.parse(line) as Told;
    told.push(news);
    if (news.message === 'begun') begun.resolve();
  });
  const closed = once(lines, 'close');
  if (killAfterMs !== null) {
    await Promise.race([begun.promise, exit]);
    await Promise.race([sleep(killAfterMs), exit]);
    child.kill('SIGKILL');
  }
  const [, signal] = await exit;
  await closed;
  return { told, isKilled: signal === 'SIGKILL', checkpoint };
}

/** How far the checkpoint of the job is, in the bytes as served. */
export function savedOffset(stateDir: string): number | null {
  const file = path.join(stateDir, 'checkpoints/job.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { offset: number }).offset : null;
}
