import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunTool } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { detectHardware, need } from '../../../src/tools/hardware-detect.ts';
import { isInstalled, isNotInstalled } from '../../../src/tools/is-installed.ts';
import { createStorageHost } from '../../support/storage-host.ts';

/** No Debian that we run on has the program, so there is no capture of it. */
describe('detectHardware', () => {
  it('gives the JSON of the program, with the benchmarks that it was asked for', async () => {
    const calls: string[] = [];
    const run: RunTool = ({ program, args }) => {
      calls.push([program, ...args].join(' '));
      return Promise.resolve({ stdout: '[["cpu", "physical", "number", 1]]', stderr: '', exitCode: 0 });
    };
    assert.deepEqual(await detectHardware(run, [], 5), [['cpu', 'physical', 'number', 1]]);
    await detectHardware(run, ['cpu', 'mem'], 5);
    assert.deepEqual(calls, ['hardware-detect', 'hardware-detect --benchmark cpu mem']);
  });

  it('says that it is not installed where it is not', async (t) => {
    const { run } = createStorageHost([]);
    if (await isInstalled(run, { program: need.program, args: ['--help'] })) return t.skip('it is installed here');
    await assert.rejects(detectHardware(run, [], 5), (error) => error instanceof ToolError && isNotInstalled(error));
  });

  it('refuses what is no JSON', async () => {
    const run: RunTool = () => Promise.resolve({ stdout: 'Traceback', stderr: '', exitCode: 0 });
    await assert.rejects(detectHardware(run, [], 5), SyntaxError);
  });
});
