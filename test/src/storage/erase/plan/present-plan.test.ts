import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { erasePlanSchemas } from '../../../../../scripts/docs/openapi-erase-plan.ts';
import type { ErasePlan } from '../../../../../src/storage/erase/plan/erase-plan.ts';
import { planErase } from '../../../../../src/storage/erase/plan/plan-erase.ts';
import { presentPlan } from '../../../../../src/storage/erase/plan/present-plan.ts';
import { makeMethod, usualEraseOptions } from '../../../../support/erase-request.ts';
import { makeDisk, makePartition } from '../../../../support/make-block-device.ts';

const device = makeDisk('/dev/sda', { model: 'Example', serial: 'S1', wwn: '0x5000c5' });
const release = [{ kind: 'swap-off', device: '/dev/sda1', disks: ['/dev/sda'] }] as const;

function plan(change: Partial<ErasePlan> = {}): ErasePlan {
  return {
    ...planErase({
      step: 'erase_devices',
      options: { ...usualEraseOptions, passes: [{ kind: 'stream' }, { kind: 'pattern', byte: 5 }, { kind: 'zeros' }] },
      methods: [
        makeMethod('ata-sanitize-crypto', { supports: () => ({ kind: 'unsupported', why: 'it has none' }) }),
        makeMethod('overwrite'),
      ],
      disks: [
        {
          device,
          partitions: [makePartition('/dev/sda', 1)],
          knownPartitions: [],
          probe: { kind: 'plain', zerosAfterDiscard: false },
        },
      ],
      places: new Map([['/dev/sda', { lane: 'sda', controller: '0000:00:1f.2' }]]),
      release,
      leftOut: [{ device: '/dev/sdb', why: 'it is on the skip list' }],
      refusals: [],
    }),
    ...change,
  };
}

describe('an erase plan on the wire', () => {
  it('says of each disk what would be done, why, and what else it could do', () => {
    const { devices, hash, step, left_out: leftOut, refusals, release: shown } = presentPlan(plan(), 'ab12');
    assert.deepEqual([hash, step, refusals, shown], ['ab12', 'erase_devices', [], release]);
    assert.deepEqual(leftOut, [{ device: '/dev/sdb', why: 'it is on the skip list' }]);
    assert.deepEqual(devices, [
      {
        device: '/dev/sda',
        model: 'Example',
        serial: 'S1',
        wwn: '0x5000c5',
        size_bytes: 100 * 1024 ** 3,
        method: 'overwrite',
        why: 'it has overwrite',
        sanitization: 'clear',
        is_weaker: false,
        fallbacks: [],
        estimated_seconds: 60,
        reach: ['/dev/sda'],
        partitions: ['/dev/sda1'],
        lane: 'sda',
        controller: '0000:00:1f.2',
        abilities: [
          {
            method: 'ata-sanitize-crypto',
            support: 'unsupported',
            why: 'it has none',
            sanitization: null,
            estimated_seconds: null,
          },
          {
            method: 'overwrite',
            support: 'supported',
            why: 'it has overwrite',
            sanitization: 'clear',
            estimated_seconds: 60,
          },
        ],
      },
    ]);
  });

  it('names passes as the arguments of the step do', () => {
    assert.deepEqual(presentPlan(plan(), '').options['passes'], ['random', '0x05', 'zeros']);
  });

  it('tells what is refused, and why', () => {
    const refusals = [{ device: '/dev/sdc', reason: 'mounted', detail: '/dev/sdc is mounted at /' }] as const;
    assert.deepEqual(presentPlan(plan({ refusals }), '').refusals, refusals);
  });

  it('has exactly the fields that its description has', () => {
    const { ErasePlan: schema } = erasePlanSchemas();
    const presented = presentPlan(plan(), '');
    assert.deepEqual(Object.keys(presented).toSorted(), schema?.required?.toSorted());
    const { devices } = schema?.properties ?? {};
    assert.deepEqual(Object.keys(presented.devices[0] ?? {}).toSorted(), devices?.items?.required?.toSorted());
  });
});
