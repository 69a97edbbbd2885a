import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { targetDisk } from '../../../src/boot/target-disk.ts';
import { DeviceNotFoundError } from '../../../src/errors/catalogue.ts';
import { blockDevice, bootContext } from './boot-context.ts';

const devices = [blockDevice('/dev/vda', { serial: 'A' }), blockDevice('/dev/vdb', { serial: 'B' })];
const node = { uuid: 'node', properties: { root_device: { serial: 'B' } } };

suite('the disk to boot from', () => {
  test('is the one that the image was written to, whatever the hints say', async () => {
    const facts = { node, writtenImage: { id: 'image', device: '/dev/vda' } };
    assert.equal(await targetDisk(bootContext({ devices, facts })), '/dev/vda');
  });

  test('is the root device of the node when the machine was restarted since', async () => {
    assert.equal(await targetDisk(bootContext({ devices, facts: { node } })), '/dev/vdb');
  });

  test('is nowhere to be found without either', async () => {
    await assert.rejects(targetDisk(bootContext({ devices })), DeviceNotFoundError);
  });
});
