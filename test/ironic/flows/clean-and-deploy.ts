import assert from 'node:assert/strict';
import { assertImageOnDisk, assertNoTable } from '../lab/disk-evidence.ts';
import { defineFlow } from '../lab/flow.ts';
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
