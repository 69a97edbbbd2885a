import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { JobContext } from '../../src/core/job-context.ts';
import { AgentError } from '../../src/errors/agent-error.ts';
import { injectFilesStep } from '../../src/steps/inject-files.ts';
import { createInstalledDisk, type InstalledDisk, whileMounted } from './installed-disk.ts';
import { createJobContext, type TestJobContext } from './job-context.ts';

/** Content as it travels. */
export const text = (content: string): string => Buffer.from(content).toString('base64');

interface Run {
  readonly context: TestJobContext;
  readonly done: Promise<unknown>;
}

export interface StartOptions {
  readonly node?: object;
  /** What this run of the step gets in the place of a part of its context. */
  readonly change?: (context: TestJobContext) => Partial<JobContext>;
}

/** The step as the registry runs it, on a disk that is the only one of the machine. */
export function start(disk: Pick<InstalledDisk, 'path'>, args: object, { node = {}, change }: StartOptions = {}): Run {
  const { value, error } = injectFilesStep.args.validate(args, { convert: false });
  assert.equal(error, undefined);
  const context = createJobContext({ devices: [disk.path] });
  const ports = [{ address: '52:54:00:00:00:01' }];
  const whole = { ...context, ...change?.(context), node: { uuid: 'n', ...node }, ports };
  return { context, done: injectFilesStep.run(value, whole) };
}

/** What the step left behind in its job, once it has ended well. */
export async function inject(disk: InstalledDisk, ...files: readonly object[]): Promise<TestJobContext> {
  const { context, done } = start(disk, { files });
  assert.equal(await done, null);
  return context;
}

export async function refused(done: Promise<unknown>, type: string, message: RegExp): Promise<void> {
  await assert.rejects(done, (error) => {
    assert.ok(error instanceof AgentError, String(error));
    assert.equal(error.kind.type, type);
    assert.match(error.details, message);
    return true;
  });
}

export function assertNothingMounted(disk: InstalledDisk): void {
  assert.doesNotMatch(readFileSync('/proc/self/mounts', 'utf8'), new RegExp(`^${disk.path}`, 'm'));
}

/** A small ESP-like partition and a root file system with a few directories. */
export async function installedSystem(): Promise<InstalledDisk> {
  const disk = await createInstalledDisk([
    { type: 'ext4', sizeMib: 8 },
    { type: 'ext4', sizeMib: 16 },
  ]);
  whileMounted(disk.partitions[0] ?? '', (boot) => mkdirSync(join(boot, 'EFI')));
  whileMounted(disk.partitions[1] ?? '', (root) => {
    for (const name of ['etc', 'usr', 'usr/lib', 'run', 'dev']) mkdirSync(join(root, name));
    symlinkSync('usr/lib', join(root, 'lib'));
    symlinkSync('/usr/lib', join(root, 'lib64'));
  });
  return disk;
}

export const rootOf = (disk: InstalledDisk): string => disk.partitions[1] ?? '';
