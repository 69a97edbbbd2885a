import { SafetyLatchError } from '../errors/catalogue.ts';
import type { SafetyLatch } from './safety-latch.ts';

/** The same view of the machine, for who only asks: whatever is not reading is refused, in the ramdisk and on named devices, too. */
export function readingLatch({ open, devices }: SafetyLatch): SafetyLatch {
  return Object.freeze({
    open,
    devices,
    permit(effect: Parameters<SafetyLatch['permit']>[0]): void {
      if (effect.kind === 'read') return;
      const what = effect.kind === 'device' ? effect.device : `the ${effect.kind} state of this machine`;
      throw new SafetyLatchError(`refused to touch ${what}: a question changes nothing`);
    },
  });
}
