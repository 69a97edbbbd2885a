import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'udevadm', package: 'udev' };

const settleSeconds = 30;

/** Properties of the udev database by name: ID_SERIAL, ID_WWN_WITH_EXTENSION, ... */
export type UdevProperties = Readonly<Record<string, string>>;

/** Containers and small test machines have no udev; then nothing is known beyond sysfs. */
export function udevRuns(root = '/'): boolean {
  return existsSync(join(root, 'run/udev/control'));
}

function settleArgs(): readonly string[] {
  return ['settle', `--timeout=${settleSeconds}`];
}

export function propertyArgs(device: string): readonly string[] {
  return ['info', '--query=property', `--name=${device}`];
}

export function parseProperties(stdout: string): UdevProperties {
  return Object.fromEntries(
    stdout.split('\n').flatMap((line) => {
      const separator = line.indexOf('=');
      return separator < 1 ? [] : [[line.slice(0, separator), line.slice(separator + 1)]];
    }),
  );
}

/** Waits until udev has seen all devices that the kernel has announced. */
export async function settle(run: RunTool): Promise<void> {
  const timeoutSeconds = settleSeconds + 5;
  await run({ program: need.program, args: settleArgs(), effect: { kind: 'read' }, timeoutSeconds });
}

export async function readProperties(run: RunTool, device: string): Promise<UdevProperties> {
  const { stdout } = await run({ program: need.program, args: propertyArgs(device), effect: { kind: 'read' } });
  return parseProperties(stdout);
}
