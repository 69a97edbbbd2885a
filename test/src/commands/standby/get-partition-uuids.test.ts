import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { getPartitionUuids } from '../../../../src/commands/standby/get-partition-uuids.ts';
import { bootContext } from '../../boot/boot-context.ts';

suite('standby.get_partition_uuids', () => {
  test('answers what the writing of the image recorded, by its wire keys', async () => {
    const partitionUuids = { 'root uuid': '0x12345678' };
    assert.deepEqual(await getPartitionUuids.run({}, bootContext({ facts: { partitionUuids } })), partitionUuids);
  });

  test('answers an empty object when no image was written', async () => {
    assert.deepEqual(await getPartitionUuids.run({}, bootContext()), {});
  });
});
