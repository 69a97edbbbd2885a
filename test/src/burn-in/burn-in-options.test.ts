import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  cpuOptions,
  diskOptions,
  gpuOptions,
  memoryOptions,
  networkOptions,
} from '../../../src/burn-in/burn-in-options.ts';
import type { IronicNode } from '../../../src/core/ironic-node.ts';
import { InvalidCommandParamsError } from '../../../src/errors/catalogue.ts';

const nodeWith = (said: object): IronicNode => ({ uuid: 'a node', driver_info: { ...said } });
const pair = { agent_burnin_fio_network_config: { role: 'writer', partner: 'other.example' } };

const readers = {
  agent_burnin_cpu_cpu: cpuOptions,
  agent_burnin_cpu_timeout: cpuOptions,
  agent_burnin_cpu_outputfile: cpuOptions,
  agent_burnin_vm_vm: memoryOptions,
  'agent_burnin_vm_vm-bytes': memoryOptions,
  agent_burnin_vm_timeout: memoryOptions,
  agent_burnin_vm_outputfile: memoryOptions,
  agent_burnin_fio_disk_loops: diskOptions,
  agent_burnin_fio_disk_runtime: diskOptions,
  agent_burnin_fio_disk_outputfile: diskOptions,
  agent_burnin_fio_disk_smart_test: diskOptions,
  agent_burnin_fio_network_runtime: networkOptions,
  agent_burnin_fio_network_config: networkOptions,
  agent_burnin_fio_network_outputfile: networkOptions,
  agent_burnin_gpu_install_dir: gpuOptions,
  agent_burnin_gpu_timeout: gpuOptions,
  agent_burnin_gpu_memory: gpuOptions,
  agent_burnin_gpu_count: gpuOptions,
} as const;

suite('options of burn-in', () => {
  test('have the defaults of ironic-python-agent', () => {
    assert.deepEqual(cpuOptions(nodeWith({})), { workers: 0, timeoutSeconds: 86_400, outputFile: null });
    assert.deepEqual(memoryOptions(nodeWith({})), {
      workers: 0,
      bytes: '98%',
      timeoutSeconds: 86_400,
      outputFile: null,
    });
    assert.deepEqual(diskOptions(nodeWith({})), { loops: 4, runtimeSeconds: null, outputFile: null, smartTest: false });
    assert.deepEqual(networkOptions(nodeWith(pair)), {
      role: 'writer',
      partner: 'other.example',
      runtimeSeconds: 21_600,
      outputFile: null,
    });
    assert.deepEqual(gpuOptions(nodeWith({})), {
      installDir: '/opt/gpu-burn',
      timeoutSeconds: 86_400,
      memory: '95%',
      count: null,
    });
  });

  test('are taken from the node', () => {
    const said = {
      agent_burnin_fio_disk_loops: 2,
      agent_burnin_fio_disk_runtime: '600',
      agent_burnin_fio_disk_outputfile: '/var/log/fio.json',
      agent_burnin_fio_disk_smart_test: 'true',
    };
    assert.deepEqual(diskOptions(nodeWith(said)), {
      loops: 2,
      runtimeSeconds: 600,
      outputFile: '/var/log/fio.json',
      smartTest: true,
    });
    assert.equal(memoryOptions(nodeWith({ 'agent_burnin_vm_vm-bytes': '512m' })).bytes, '512m');
    assert.equal(gpuOptions(nodeWith({ agent_burnin_gpu_count: 8 })).count, 8);
  });

  test('of whatever value are understood, or refused by their key', () => {
    const key = fc.constantFrom(...(Object.keys(readers) as (keyof typeof readers)[]));
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.integer(), fc.string());
    fc.assert(
      fc.property(key, value, (name, said) => {
        try {
          const options = readers[name](nodeWith({ ...pair, [name]: said }));
          for (const each of Object.values(options)) assert.ok(typeof each !== 'number' || each >= 0);
        } catch (error) {
          assert.ok(error instanceof InvalidCommandParamsError, String(error));
          assert.ok(error.details.includes(`driver_info.${name}`), error.details);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('that a program would take for something else are refused', () => {
    const bad: readonly (readonly [keyof typeof readers, unknown])[] = [
      ['agent_burnin_cpu_timeout', 0],
      ['agent_burnin_cpu_timeout', Number.NaN],
      ['agent_burnin_cpu_cpu', -1],
      ['agent_burnin_vm_vm-bytes', '0%'],
      ['agent_burnin_vm_vm-bytes', '101%'],
      ['agent_burnin_vm_vm-bytes', '--brk'],
      ['agent_burnin_vm_outputfile', 'relative'],
      ['agent_burnin_vm_outputfile', '/var/log/../../etc/shadow'],
      ['agent_burnin_fio_disk_loops', 0],
      ['agent_burnin_gpu_memory', '-d'],
      ['agent_burnin_gpu_install_dir', 'gpu'],
      ['agent_burnin_fio_network_config', 'writer'],
      ['agent_burnin_fio_network_config', { role: 'listener', partner: 'other' }],
      ['agent_burnin_fio_network_config', { role: 'writer', partner: '-other' }],
      ['agent_burnin_fio_network_config', { role: 'writer', partner: '' }],
      ['agent_burnin_fio_network_config', { role: 'writer', partner: 'other --exec_prerun=reboot' }],
    ];
    for (const [key, value] of bad)
      assert.throws(() => readers[key](nodeWith({ ...pair, [key]: value })), new RegExp(`driver_info.${key}`));
  });

  test('name the config that is missing where the partner was to be found over a backend', () => {
    assert.throws(() => networkOptions(nodeWith({ agent_burnin_fio_network_pairing_backend_url: 'etcd3://x' })), {
      details: /agent_burnin_fio_network_config is missing.*backend/,
    });
  });
});
