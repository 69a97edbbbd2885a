import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';
import { writeKernelControl } from '../../../src/tools/tee.ts';
import { bootContext } from '../boot/boot-context.ts';

const controls = [
  ['dropCaches', '/proc/sys/vm/drop_caches', '3', 'kernel'],
  ['rebootNow', '/proc/sysrq-trigger', 'b', 'power'],
  ['powerOffNow', '/proc/sysrq-trigger', 'o', 'power'],
] as const;

for (const [control, path, text, kind] of controls) {
  test(`${control} writes ${text} to ${path} as an effect on ${kind}`, async () => {
    const context = bootContext({ insideRamdisk: true });
    await writeKernelControl(context.run, control);
    assert.deepEqual(context.calls, [{ program: 'tee', args: [path], input: text, effect: { kind } }]);
  });

  test(`${control} is refused outside a ramdisk, and nothing is run`, async () => {
    const context = bootContext();
    await assert.rejects(writeKernelControl(context.run, control), SafetyLatchError);
    assert.deepEqual(context.calls, []);
  });
}
