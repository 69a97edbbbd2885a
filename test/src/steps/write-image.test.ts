import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IronicNode } from '../../../src/core/ironic-node.ts';
import { AgentError } from '../../../src/errors/agent-error.ts';
import { writeImageStep } from '../../../src/steps/write-image.ts';
import { createJobContext } from '../../support/job-context.ts';

const node: IronicNode = { uuid: 'c87cc009-649a-4de9-8593-f982e6cc018a' };
const info = { id: 'disk.raw', urls: ['http://127.0.0.1:1/disk.raw'], checksum: 'a'.repeat(64), disk_format: 'raw' };

/** Runs the step where any look at the disks would fail the test. */
async function run(args: object) {
  const { value, error } = writeImageStep.args.validate(args);
  assert.equal(error, undefined);
  const context = createJobContext({ devices: [] });
  const managers = { ...context.managers, listBlockDevices: () => assert.fail('looked at the disks') };
  return writeImageStep.run(value, { ...context, managers, node, ports: [] });
}

test('is offered on request in deploy and service', () => {
  assert.deepEqual(writeImageStep.offer, { deploy: 0, service: 0 });
  assert.equal(writeImageStep.replay, 'resumable');
});

test('wants image_info', () => {
  assert.match(writeImageStep.args.validate({}).error?.message ?? '', /"image_info" is required/);
});

test('names the wrong part of image_info', () => {
  const { error } = writeImageStep.args.validate({ image_info: { ...info, urls: 'http://x' } });
  assert.match(error?.message ?? '', /"image_info.urls" must be an array/);
});

test('refuses a partition image without its sizes before it looks at the disks', async () => {
  const args = { image_info: { ...info, image_type: 'partition', root_mb: 10, swap_mb: 0 } };
  await assert.rejects(run(args), (error) => {
    assert.ok(error instanceof AgentError, String(error));
    assert.equal(error.kind.type, 'InvalidCommandParamsError');
    assert.match(error.details, /image .* is a partition image without ephemeral_mb/);
    return true;
  });
});

test('takes null for what is not given', async () => {
  const args = { image_info: { ...info, configdrive: null, proxies: null, image_type: null }, configdrive: null };
  await assert.rejects(run(args), /looked at the disks/);
});
