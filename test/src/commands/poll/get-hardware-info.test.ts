import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getHardwareInfo } from '../../../../src/commands/poll/get-hardware-info.ts';
import type { Inventory } from '../../../../src/inventory/inventory.ts';
import { createJobContext } from '../../../support/job-context.ts';

describe('poll.get_hardware_info', () => {
  it('answers with the inventory, which outside a ramdisk has no disk that was not named', async () => {
    const inventory = (await getHardwareInfo.run({}, createJobContext({ devices: [] }))) as Inventory;
    assert.ok(inventory.cpu.count > 0);
    assert.deepEqual(inventory.disks, []);
  });
});
