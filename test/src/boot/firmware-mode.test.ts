import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { firmwareMode } from '../../../src/boot/firmware-mode.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { bootContext } from './boot-context.ts';

const missing = new ToolError(
  { program: 'efibootmgr', args: [] },
  { exitCode: null, why: 'efibootmgr is not installed', stderrTail: '' },
);

suite('firmwareMode', () => {
  test('is bios where the kernel shows no EFI, without asking any program', async () => {
    const context = bootContext();
    assert.equal(await firmwareMode(context, '/sys/firmware/no-such-directory'), 'bios');
    assert.deepEqual(context.calls, []);
  });

  test('is uefi where the kernel shows EFI and the tool is there', async () => {
    assert.equal(await firmwareMode(bootContext(), '/sys/firmware'), 'uefi');
  });

  test('is uefi-without-tool where the tool is missing', async () => {
    const context = bootContext({ answer: () => Promise.reject(missing) });
    assert.equal(await firmwareMode(context, '/sys/firmware'), 'uefi-without-tool');
  });
});
