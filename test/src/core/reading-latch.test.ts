import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readingLatch } from '../../../src/core/reading-latch.ts';
import { createSafetyLatch } from '../../../src/core/safety-latch.ts';
import type { Effect } from '../../../src/core/tool.ts';

const resolve = (path: string) => ({ path, disk: path });
const ramdisk = createSafetyLatch({ insideRamdisk: true, ownNetworkNamespace: false, devices: [] }, resolve);
const named = createSafetyLatch({ insideRamdisk: false, ownNetworkNamespace: false, devices: ['/dev/loop5'] }, resolve);
const effects: readonly Effect[] = [
  { kind: 'device', device: '/dev/loop5' },
  ...(['power', 'network', 'nvram', 'kernel'] as const).map((kind) => ({ kind })),
];

for (const [where, latch] of [
  ['in the ramdisk', ramdisk],
  ['on a named device', named],
] as const) {
  it(`who only asks may change nothing, ${where}`, () => {
    const reading = readingLatch(latch);
    assert.deepEqual([reading.open, reading.devices], [latch.open, latch.devices]);
    assert.doesNotThrow(() => reading.permit({ kind: 'read' }));
    for (const effect of effects) {
      assert.throws(() => reading.permit(effect), { name: 'SafetyLatchError', message: /a question changes nothing/ });
    }
  });
}
