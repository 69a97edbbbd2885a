import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setNodeInfo } from '../../../../src/commands/poll/set-node-info.ts';
import type { Config } from '../../../../src/core/config.ts';
import { createJobContext } from '../../../support/job-context.ts';

const info = {
  node: { uuid: 'fe10ad65-2f4c-4b6a-9a55-6c2d1a3a4b01', driver_info: { ipmi_password: 'hush' } },
  config: { agent_md5_checksum_enable: true, permitted_image_formats: ['raw'], agent_token: 'x'.repeat(40) },
};

describe('poll.set_node_info', () => {
  it('remembers node and settings as a lookup does, without secrets', async () => {
    const job = createJobContext({ devices: [] });
    assert.equal(await setNodeInfo.run({ node_info: info }, job), null);
    assert.equal(job.facts.node?.uuid, info.node.uuid);
    assert.equal(job.facts.node?.driver_info?.['ipmi_password'], '***');
    assert.equal(job.facts.lookupSettings?.md5Enabled, true);
    assert.deepEqual(job.facts.lookupSettings?.permittedImageFormats, ['raw']);
    assert.doesNotMatch(JSON.stringify(job.facts), /xxxx/);
  });

  it('is refused where the agent asks Ironic, and for what is no answer to a lookup', () => {
    const accept = (node_info: object, standalone: boolean) =>
      setNodeInfo.accept?.({ node_info }, { standalone } as Config);
    assert.throws(() => accept(info, false), { name: 'InvalidCommandError' });
    assert.throws(() => accept({ node: {} }, true), {
      name: 'InvalidCommandParamsError',
      details: /"node.uuid" is required/,
    });
    accept(info, true);
  });
});
