import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { assertImageOnDisk, assertNoTable, hashOf, partitionTable } from '../lab/disk-evidence.ts';
import { fieldOf, stepOf } from '../lab/exchange.ts';
import { defineFlow, type Stage } from '../lab/flow.ts';
import { recorded } from '../lab/recorded.ts';

export const fullCycle = defineFlow({
  name: 'full-cycle',
  title: 'enrol, manage, provide with automated clean, deploy a raw image with a config drive, undeploy with clean',
  async run(stage) {
    const { node, disk, lab } = stage;
    await stage.makeManageable();
    await node.provision('provide');
    await node.reaches('available');
    await stage.deploy(lab.images.instanceInfo('disk.raw'), {
      configdrive: { meta_data: { hostname: 'lab-0' }, user_data: '#!/bin/sh\necho hello\n' },
    });
    await assertImageOnDisk(lab.images.image('disk.raw').file, disk.path);
    await assertConfigDriveOnDisk(stage);
    await node.provision('deleted');
    const { last_error: error } = await node.reaches('available');
    assert.equal(error, null);
    await assertNoTable(disk.path);
    stage.spoke(
      recorded.clean('erase_devices_metadata'),
      recorded.deploy('write_image'),
      recorded.clean('erase_devices_metadata'),
    );
  },
});

/** The last partition begins with the config drive, byte for byte as the conductor made and sent it. */
async function assertConfigDriveOnDisk({ tap, disk }: Stage): Promise<void> {
  const post = tap.exchanges.find((each) => stepOf(each) === 'write_image');
  const args = fieldOf(fieldOf(fieldOf(post?.request, 'params'), 'step'), 'args');
  const sent = gunzipSync(Buffer.from(String(fieldOf(args, 'configdrive')), 'base64'));
  assert.ok(sent.includes('lab-0'), 'the conductor sent another config drive');
  const last = (await partitionTable(disk.path))?.partitions?.at(-1);
  assert.ok(last);
  const digest = createHash('sha256').update(sent).digest('hex');
  assert.equal(await hashOf(disk.path, last.start * 512, sent.length), digest, 'another config drive is on the disk');
}
