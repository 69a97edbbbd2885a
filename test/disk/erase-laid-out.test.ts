import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import type { AgentError } from '../../src/errors/agent-error.ts';
import { eraseDevices } from '../../src/steps/erase-devices.ts';
import { findCanaries } from '../support/disk-canaries.ts';
import { startEraseStep } from '../support/erase-step.ts';
import { type LaidOutDisk, laidOutBytes, layOutDisk } from '../support/laid-out-disk.ts';
import { createLoopDevice } from '../support/loop-device.ts';
import { nothing, recognise, recogniseDevice } from '../support/signatures/recognise.ts';

/** One pass of zeros, over what only the node can permit. */
const permitted = {
  driver_internal_info: {
    agent_erase_devices_iterations: 0,
    agent_erase_devices_zeroize: true,
    wipe_special_filesystems: false,
  },
};
/** What other machines may be using. */
const clustered = ['GPFS', 'GFS2', 'OCFS2', 'VMFS'] as const;

/** What a disk is made of: the tests below would prove little of one where nothing is recognised. */
function assertInUse({ partitions }: LaidOutDisk, backingFile: string, sectorBytes: number): void {
  for (const { name, start, end, type } of partitions) {
    if (type === null) continue;
    const { signatures } = recognise(backingFile, { start, end, sectorBytes });
    assert.ok(signatures.includes(type), `${name} is there: ${signatures}`);
  }
}

/** Nothing but the type of its partition tells of GPFS. */
function markGpfs(path: string, { partitions }: LaidOutDisk): void {
  const { number } = partitions.find(({ name }) => name === 'gpfs') ?? assert.fail('no GPFS');
  execFileSync('sgdisk', [`--typecode=${number}:37AFFC90-EF7D-4E96-91C3-2D7AE055B174`, path], { stdio: 'ignore' });
}

for (const sectorBytes of [512, 4096] as const) {
  describe(`an overwrite of a GPT disk with sectors of ${sectorBytes} bytes, used by every kind of storage`, () => {
    it('is refused while the node does not permit it, and then leaves nothing behind', async () => {
      await using disk = await createLoopDevice({ sizeBytes: laidOutBytes, sectorBytes });
      const laidOut = await layOutDisk(disk);
      markGpfs(disk.path, laidOut);
      assertInUse(laidOut, disk.backingFile, sectorBytes);
      const before = await findCanaries(disk.path);
      assert.ok(before.length > laidOut.sown.length / 2);

      const strict = { driver_internal_info: { ...permitted.driver_internal_info, wipe_special_filesystems: true } };
      const scene = { devices: [disk.path], config: { guardSpecialFilesystems: true } };
      const error: AgentError = await startEraseStep(eraseDevices, { ...scene, node: strict }).result.then(
        () => assert.fail('it should have been refused'),
        (failure: AgentError) => failure,
      );
      assert.equal(error.name, 'ProtectedDeviceError');
      for (const name of clustered) assert.match(error.details, new RegExp(`holds ${name}, which other machines`));
      assert.deepEqual(await findCanaries(disk.path), before);

      const { [disk.path]: erasure } = await startEraseStep(eraseDevices, { ...scene, node: permitted }).result;
      assert.equal(erasure?.clean, true, erasure?.reason ?? 'no result');
      assert.deepEqual(await findCanaries(disk.path), []);
      assert.deepEqual(recogniseDevice(disk.path), nothing);
      for (const { name, start, end } of laidOut.partitions) {
        assert.deepEqual(recognise(disk.backingFile, { start, end, sectorBytes }), nothing, name);
      }
    });
  });
}
