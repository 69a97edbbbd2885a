import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DiskStatus, statusTexts } from '../../../../../src/storage/erase/certificate/certificate-body.ts';
import { diskVerdict, hostVerdict, weakestMethod } from '../../../../../src/storage/erase/certificate/verdict.ts';
import type { DeviceErasure } from '../../../../../src/storage/erase/device-erasure.ts';
import { clearedDisk, failedDisk, metadataDisk, purgedDisk } from '../../../../support/sample-erasure.ts';

const { sanitized, sanitizedExceptLeftOut, metadataOnly, notSanitized, failed } = statusTexts;

describe('the verdict on a disk', () => {
  it('is sanitized where everything says so', () => {
    for (const disk of [purgedDisk(), clearedDisk()]) {
      assert.deepEqual(diskVerdict(disk), { status: sanitized, reason: null });
    }
  });

  it('is a failure with the reason of the erase', () => {
    const { status, reason } = diskVerdict(failedDisk());
    assert.equal(status, failed);
    assert.match(reason ?? '', /the drive is frozen/);
    assert.equal(diskVerdict(failedDisk({ reason: null })).reason, 'no reason was recorded');
  });

  it('never calls a metadata erase sanitized', () => {
    assert.equal(diskVerdict(metadataDisk()).status, metadataOnly);
    assert.match(diskVerdict(metadataDisk()).reason ?? '', /metadata only/);
    assert.equal(diskVerdict(metadataDisk({ sanitization: 'clear' })).status, failed);
    assert.equal(diskVerdict(purgedDisk({ sanitization: null })).status, notSanitized);
  });

  const contradictions: Readonly<Record<string, Partial<DeviceErasure>>> = {
    'no method ended well': { methodDone: null },
    'reason: something': { reason: 'something' },
    'it has no start or no end': { endedAt: null },
    'no attempt of nvme-sanitize-crypto ended well': { attempts: [] },
    'nothing was checked': { checks: [] },
    'failed checks: watermarks': { checks: [{ name: 'watermarks', passed: false, detail: 'found' }] },
    'some of it could not be written or read': { badRanges: [{ start: 0, end: 512 }] },
  };
  for (const [doubt, more] of Object.entries(contradictions)) {
    it(`is a failure where the record says clean, but: ${doubt}`, () => {
      const { status, reason } = diskVerdict(purgedDisk(more));
      assert.equal(status, failed);
      assert.ok(reason?.endsWith(doubt), reason ?? '');
    });
  }
});

describe('the verdict on a machine', () => {
  const disks = (...statuses: DiskStatus[]) => statuses.map((status, index) => ({ status, device: `/dev/d${index}` }));

  it('is sanitized only where every disk is and none was left out', () => {
    assert.deepEqual(hostVerdict(disks(sanitized, sanitized), []), { status: sanitized, reason: null });
    const { status, reason } = hostVerdict(disks(sanitized), [{ device: '/dev/sr0', why: 'virtual media' }]);
    assert.deepEqual([status, reason], [sanitizedExceptLeftOut, 'left out: /dev/sr0']);
  });

  it('is not sanitized where there was no disk', () => {
    assert.deepEqual(hostVerdict([], []), { status: notSanitized, reason: 'no disk was erased' });
    assert.equal(hostVerdict([], [{ device: '/dev/sda', why: 'skip list' }]).status, notSanitized);
  });

  it('is a failure where a disk was left out without a reason', () => {
    assert.equal(hostVerdict(disks(sanitized), [{ device: '/dev/sda', why: ' ' }]).status, failed);
  });

  it('names every disk that is not sanitized', () => {
    const { status, reason } = hostVerdict(disks(sanitized, metadataOnly, failed, notSanitized), []);
    assert.equal(status, failed);
    assert.equal(reason, 'not clean: /dev/d2; not sanitized: /dev/d3; metadata only: /dev/d1');
  });

  it('is never better than any disk, whatever disks there are', () => {
    const ranks: readonly string[] = [failed, notSanitized, metadataOnly, sanitizedExceptLeftOut, sanitized];
    const status = fc.constantFrom<DiskStatus>(sanitized, metadataOnly, notSanitized, failed);
    const leftOut = fc.array(fc.record({ device: fc.string(), why: fc.constantFrom('', 'skip list') }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(status, { maxLength: 6 }), leftOut, (statuses, out) => {
        const verdict = hostVerdict(disks(...statuses), out);
        for (const one of statuses) assert.ok(ranks.indexOf(verdict.status) <= ranks.indexOf(one));
        if (verdict.status === sanitized) assert.ok(out.length === 0 && statuses.length > 0);
        assert.equal(verdict.reason === null, verdict.status === sanitized);
      }),
      { numRuns: 1000 },
    );
  });

  it('has the weakest method of its disks', () => {
    assert.equal(weakestMethod(['Purge', 'Purge']), 'Purge');
    assert.equal(weakestMethod(['Purge', 'Clear']), 'Clear');
    assert.equal(weakestMethod(['Purge', null]), null);
    assert.equal(weakestMethod([]), null);
  });
});
