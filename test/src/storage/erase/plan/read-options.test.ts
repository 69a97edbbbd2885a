import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Config } from '../../../../../src/core/config.ts';
import type { AgentError } from '../../../../../src/errors/agent-error.ts';
import type { EraseArgs } from '../../../../../src/storage/erase/plan/erase-args.ts';
import { readEraseOptions } from '../../../../../src/storage/erase/plan/read-options.ts';

const config = { eraseVerification: 'sample', eraseControllerConcurrency: 16 } as Config;

const read = (said: Readonly<Record<string, unknown>>, args: EraseArgs = {}) =>
  readEraseOptions({ uuid: 'a node', driver_internal_info: said }, args, config);

describe('readEraseOptions', () => {
  it('takes the defaults of ironic-python-agent where the node says nothing', () => {
    assert.deepEqual(readEraseOptions({ uuid: 'a node' }, {}, config), {
      passes: [{ kind: 'stream' }, { kind: 'zeros' }],
      readBack: 'sample',
      nvmeSecureErase: true,
      ataSecureErase: true,
      allowWeaker: false,
      skipReadOnly: false,
      concurrency: 1,
      controllerConcurrency: 16,
      method: null,
      dissolveArrays: false,
      fabricDevices: [],
    });
  });

  it('does as a conductor says', () => {
    const said = {
      agent_erase_devices_iterations: 3,
      agent_erase_devices_zeroize: false,
      agent_enable_ata_secure_erase: false,
      agent_enable_nvme_secure_erase: false,
      agent_continue_if_secure_erase_failed: true,
      agent_erase_skip_read_only: true,
      disk_erasure_concurrency: 4,
    };
    const options = read(said);
    assert.deepEqual(options.passes, [{ kind: 'stream' }, { kind: 'stream' }, { kind: 'stream' }]);
    assert.deepEqual([options.nvmeSecureErase, options.ataSecureErase], [false, false]);
    assert.deepEqual([options.allowWeaker, options.skipReadOnly, options.concurrency], [true, true, 4]);
  });

  it('knows the old name of an option, and prefers the new one', () => {
    assert.equal(read({ agent_continue_if_ata_erase_failed: true }).allowWeaker, true);
    const both = { agent_continue_if_ata_erase_failed: true, agent_continue_if_secure_erase_failed: false };
    assert.equal(read(both).allowWeaker, false);
  });

  it('takes what people write by hand', () => {
    assert.equal(read({ agent_erase_skip_read_only: 'True' }).skipReadOnly, true);
    assert.equal(read({ disk_erasure_concurrency: '8' }).concurrency, 8);
    assert.deepEqual(read({ agent_erase_devices_iterations: 0 }).passes, [{ kind: 'zeros' }]);
  });

  it('lets arguments of the step be stronger', () => {
    const options = read(
      { agent_erase_devices_iterations: 5 },
      { passes: ['0x55', '0xAA', 'random', 'zeros', '0x00'], verification: 'full', method: 'overwrite' },
    );
    assert.deepEqual(options.passes, [
      { kind: 'pattern', byte: 0x55 },
      { kind: 'pattern', byte: 0xaa },
      { kind: 'stream' },
      { kind: 'zeros' },
      { kind: 'zeros' },
    ]);
    assert.deepEqual([options.readBack, options.method], ['full', 'overwrite']);
  });

  const nonsense = [
    [{ agent_erase_devices_iterations: -1 }, /agent_erase_devices_iterations: expected a whole number .*found -1/],
    [{ agent_erase_devices_iterations: 1.5 }, /found 1.5/],
    [{ agent_erase_devices_iterations: 'many' }, /found "many"/],
    [{ agent_erase_devices_zeroize: 'yes' }, /agent_erase_devices_zeroize: expected true or false, found "yes"/],
    [{ agent_enable_ata_secure_erase: 1 }, /expected true or false, found 1/],
    [{ disk_erasure_concurrency: 0 }, /disk_erasure_concurrency: expected a whole number from 1/],
    [{ agent_erase_devices_iterations: 0, agent_erase_devices_zeroize: false }, /nothing would be written/],
  ] as const;
  for (const [said, message] of nonsense) {
    it(`does not guess at ${JSON.stringify(said)}`, () => {
      assert.throws(
        () => read(said),
        (error: AgentError) => error.name === 'InvalidCommandParamsError' && message.test(error.details),
      );
    });
  }
});
