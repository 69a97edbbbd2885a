import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanBootEntries } from '../../../src/boot/clean-boot-entries.ts';
import { parsePatterns } from '../../../src/boot/match-patterns.ts';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { type BootContextOptions, bootContext } from './boot-context.ts';
import { answerWith, type FakeFirmware, fakeFirmware } from './fake-firmware.ts';

const shim = 'HD(1,GPT,9c4735e2,0x800,0x64000)/File(\\EFI\\debian\\shimx64.efi)';

/** A disk entry, a network entry, a loader without a disk, and the firmware's own application. */
function usedFirmware(): FakeFirmware {
  const firmware = fakeFirmware('9c4735e2');
  firmware.entries.set('0001', { label: 'debian', devicePath: shim });
  firmware.entries.set('0002', {
    label: 'PXE',
    devicePath: 'PciRoot(0x0)/Pci(0x3,0x0)/MAC(525400123456,1)/IPv4(0.0.0.0)',
  });
  firmware.entries.set('000A', { label: 'ubuntu', devicePath: 'VenHw(99e275e7)/\\EFI\\UBUNTU\\GRUBX64.EFI' });
  firmware.order = ['0001', '000A', '0002', '0000'];
  return firmware;
}

function contextFor(firmware: FakeFirmware, options: BootContextOptions = {}) {
  return bootContext({ insideRamdisk: true, answer: answerWith(firmware), ...options });
}

const usual = parsePatterns(['^HD\\(', 'shim.*\\.efi', 'grub.*\\.efi']);
const noReport = (): void => undefined;

describe('cleanBootEntries', () => {
  it('deletes what matches, by its number, and leaves the rest', async () => {
    const firmware = usedFirmware();
    const context = contextFor(firmware);
    const reports: string[] = [];
    const deleted = await cleanBootEntries(context, usual, (done, total) => void reports.push(`${done}/${total}`));
    assert.deepEqual(
      deleted.map(({ number }) => number),
      ['0001', '000A'],
    );
    assert.deepEqual([...firmware.entries.keys()], ['0000', '0002']);
    assert.deepEqual(firmware.order, ['0002', '0000']);
    assert.deepEqual(reports, ['0/2', '1/2', '2/2']);
    assert.deepEqual(
      context.calls.map(({ args }) => args.join(' ')),
      ['-v', '-b 0001 -B', '-b 000A -B', '-v'],
    );
  });

  it('deletes nothing where nothing matches, and nothing more the second time', async () => {
    const firmware = usedFirmware();
    assert.deepEqual(await cleanBootEntries(contextFor(firmware), parsePatterns(['windows']), noReport), []);
    assert.equal(firmware.entries.size, 4);
    await cleanBootEntries(contextFor(firmware), usual, noReport);
    assert.deepEqual(await cleanBootEntries(contextFor(firmware), usual, noReport), []);
  });

  it('deletes nothing at all where a pattern takes for ever', async () => {
    const firmware = usedFirmware();
    firmware.entries.set('0003', { label: 'long', devicePath: `${'a'.repeat(200)}!` });
    await assert.rejects(cleanBootEntries(contextFor(firmware), ['^HD', '(a+)+$'], noReport), { name: 'PatternError' });
    assert.equal(firmware.entries.size, 5);
  });

  it('fails where the firmware says yes and keeps the entry', async () => {
    const firmware = usedFirmware();
    const context = contextFor(firmware, {
      answer: (call) => (call.args.includes('-B') ? '' : answerWith(firmware)(call)),
    });
    await assert.rejects(cleanBootEntries(context, usual, noReport), {
      name: 'EntriesLeftError',
      message: 'the firmware still has what was deleted: Boot0001 (debian), Boot000A (ubuntu)',
    });
  });

  it('fails where the firmware does not delete', async () => {
    const failure = new ToolError(
      { program: 'efibootmgr', args: [] },
      { exitCode: 15, why: 'exit code 15', stderrTail: '' },
    );
    const firmware = usedFirmware();
    const context = contextFor(firmware, {
      answer: (call) => (call.args.includes('-B') ? Promise.reject(failure) : answerWith(firmware)(call)),
    });
    await assert.rejects(cleanBootEntries(context, usual, noReport), failure);
  });

  it('deletes nothing outside a ramdisk', async () => {
    const firmware = usedFirmware();
    const context = contextFor(firmware, { insideRamdisk: false });
    await assert.rejects(cleanBootEntries(context, usual, noReport), SafetyLatchError);
    assert.equal(firmware.entries.size, 4);
  });

  it('stops between two entries when it is aborted', async () => {
    const firmware = usedFirmware();
    const abort = new AbortController();
    const context = { ...contextFor(firmware), signal: abort.signal };
    const stop = (done: number): void => void (done === 1 && abort.abort(new Error('stop')));
    await assert.rejects(cleanBootEntries(context, parsePatterns(['.']), stop), /stop/);
    assert.equal(firmware.entries.size, 2);
  });
});
