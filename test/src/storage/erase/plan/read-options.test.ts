import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Config } from '../../../../../src/core/config.ts';
import type { EraseOptions } from '../../../../../src/storage/erase/erase-options.ts';
import type { EraseArgs } from '../../../../../src/storage/erase/plan/erase-args.ts';
import { readEraseOptions } from '../../../../../src/storage/erase/plan/read-options.ts';

const config = { eraseVerification: 'sample', eraseControllerConcurrency: 16 } as Config;

function read(said: Readonly<Record<string, unknown>> | undefined, args: EraseArgs = {}): EraseOptions {
  const node = { uuid: 'a', ...(said ? { driver_internal_info: said } : {}) };
  return readEraseOptions(node, args, config);
}

const [stream, zeros] = [{ kind: 'stream' }, { kind: 'zeros' }] as const;

describe('the options of an erase', () => {
  it('are those of ironic-python-agent where nobody says anything', () => {
    const expected: EraseOptions = {
      passes: [stream, zeros],
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
    };
    assert.deepEqual(read(undefined), expected);
    assert.deepEqual(read({}), expected);
    assert.deepEqual(read({ agent_erase_devices_iterations: null, agent_enable_ata_secure_erase: null }), expected);
  });

  for (const [key, value, expected] of [
    ['agent_erase_devices_iterations', 3, { passes: [stream, stream, stream, zeros] }],
    ['agent_erase_devices_iterations', '2', { passes: [stream, stream, zeros] }],
    ['agent_erase_devices_iterations', 0, { passes: [zeros] }],
    ['agent_erase_devices_zeroize', false, { passes: [stream] }],
    ['agent_erase_devices_zeroize', 'False', { passes: [stream] }],
    ['agent_enable_ata_secure_erase', false, { ataSecureErase: false }],
    ['agent_enable_nvme_secure_erase', 'false', { nvmeSecureErase: false }],
    ['agent_continue_if_secure_erase_failed', true, { allowWeaker: true }],
    ['agent_continue_if_ata_erase_failed', 'True', { allowWeaker: true }],
    ['agent_erase_skip_read_only', true, { skipReadOnly: true }],
    ['disk_erasure_concurrency', 8, { concurrency: 8 }],
    ['disk_erasure_concurrency', '8', { concurrency: 8 }],
  ] as const) {
    it(`follow the node: ${key} ${JSON.stringify(value)}`, () => {
      assert.deepEqual(read({ [key]: value }), { ...read({}), ...expected });
    });
  }

  it('take the old name for going on after a failure only where the new one is not given', () => {
    const both = { agent_continue_if_secure_erase_failed: false, agent_continue_if_ata_erase_failed: true };
    assert.equal(read(both).allowWeaker, false);
  });

  for (const [args, expected] of [
    [
      { passes: ['0x55', 'random', '0x00', 'zeros'] },
      { passes: [{ kind: 'pattern', byte: 0x55 }, stream, zeros, zeros] },
    ],
    [{ verification: 'full' }, { readBack: 'full' }],
    [{ method: 'discard' }, { method: 'discard' }],
    [{ dissolve_arrays: true }, { dissolveArrays: true }],
    [{ fabric_devices: ['S1'] }, { fabricDevices: ['S1'] }],
  ] as const satisfies readonly (readonly [EraseArgs, object])[]) {
    it(`follow the step before the node: ${JSON.stringify(args)}`, () => {
      assert.deepEqual(read({ agent_erase_devices_iterations: 7 }, args as EraseArgs), {
        ...read({ agent_erase_devices_iterations: 7 }),
        ...expected,
      });
    });
  }

  for (const [key, value] of [
    ['agent_erase_devices_iterations', -1],
    ['agent_erase_devices_iterations', 1.5],
    ['agent_erase_devices_iterations', 'many'],
    ['agent_erase_devices_iterations', 100],
    ['agent_erase_devices_zeroize', 'maybe'],
    ['agent_enable_ata_secure_erase', 1],
    ['agent_enable_nvme_secure_erase', ''],
    ['agent_continue_if_secure_erase_failed', 'yes'],
    ['agent_continue_if_ata_erase_failed', {}],
    ['agent_erase_skip_read_only', []],
    ['disk_erasure_concurrency', 0],
    ['disk_erasure_concurrency', '4 '],
  ] as const) {
    it(`are not guessed at: ${key} ${JSON.stringify(value)}`, () => {
      assert.throws(() => read({ [key]: value }), {
        name: 'InvalidCommandParamsError',
        details: new RegExp(`^driver_internal_info.${key}: expected .*, found `),
      });
    });
  }

  it('are refused where nothing would be written', () => {
    assert.throws(() => read({ agent_erase_devices_iterations: 0, agent_erase_devices_zeroize: false }), {
      details: /nothing would be written/,
    });
  });
});
