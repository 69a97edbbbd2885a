import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { CertificateBody } from '../../../../../src/storage/erase/certificate/certificate-body.ts';
import { makeCertificates } from '../../../../../src/storage/erase/certificate/make-certificates.ts';
import { verifyCertificate } from '../../../../../src/storage/erase/certificate/verify-certificate.ts';
import type { DeviceErasure } from '../../../../../src/storage/erase/device-erasure.ts';
import { eraseMethodNames } from '../../../../../src/storage/erase/method-name.ts';
import { purgedDisk, sampleDisk, sampleErasure } from '../../../../support/sample-erasure.ts';
import { testSigner } from '../../../../support/signing-key.ts';

const { signer, publicKey } = testSigner();

// Also what is no text: halves of surrogate pairs, as the broken output of a program may leave them.
const units = fc.array(fc.nat(0xffff), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes));
const text = fc.oneof(fc.string({ unit: 'binary' }), units, fc.constantFrom('', ' ', '\ud800'));
const textOrNull = fc.option(text);
const number = fc.oneof(fc.double(), fc.integer(), fc.bigInt({ min: 0n, max: 2n ** 64n }).map(Number));
const time = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
  .map((at) => at.toISOString());
const method = fc.constantFrom(...eraseMethodNames);
const range = fc.tuple(fc.nat(), fc.nat()).map(([start, length]) => ({ start, end: start + length + 1 }));
const smartNumber = fc.option(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()));
const smart = fc.option(
  fc.record({
    passed: fc.option(fc.boolean()),
    powerOnHours: smartNumber,
    reallocatedSectors: smartNumber,
    pendingSectors: smartNumber,
    uncorrectableErrors: smartNumber,
    percentageUsed: smartNumber,
    temperatureCelsius: smartNumber,
  }),
);
const disk = fc
  .record({
    path: text,
    serial: textOrNull,
    model: textOrNull,
    vendor: textOrNull,
    wwn: textOrNull,
    byPath: textOrNull,
  })
  .map((names) => sampleDisk(names));

const anyErasure: fc.Arbitrary<DeviceErasure> = fc.record({
  device: disk,
  methodAsked: method,
  methodDone: fc.option(method),
  sanitization: fc.constantFrom('clear', 'purge', null),
  isClean: fc.boolean(),
  reason: textOrNull,
  startedAt: fc.option(time),
  endedAt: fc.option(time),
  attempts: fc.array(fc.record({ method, error: textOrNull, tool: textOrNull, exitCode: fc.option(fc.integer()) })),
  bytes: fc.option(fc.maxSafeNat()),
  badRanges: fc.array(range),
  checks: fc.array(fc.record({ name: text, passed: fc.boolean(), detail: text })),
  details: fc.dictionary(text, fc.oneof(text, number, fc.boolean(), fc.constant(null))),
  resumed: fc.nat(),
  smart: fc.record({ before: smart, after: smart }),
});

/** Records that are nearly good, so that the line between good and bad is met. */
const nearlyGood = fc
  .record({ more: anyErasure, keys: fc.subarray(Object.keys(purgedDisk())) })
  .map(({ more, keys }) => {
    const changed = Object.entries(more).filter(([key]) => keys.includes(key));
    return { ...purgedDisk(), ...Object.fromEntries(changed.slice(0, 2)) };
  });

function bodyOf(json: string): CertificateBody {
  const found = verifyCertificate(Buffer.from(json), publicKey);
  if (found.kind !== 'signed') throw new Error(`${JSON.stringify(found)}: ${json}`);
  return found.certificate;
}

it('certifies any record of an erase so that it verifies, and calls sanitized only what nothing speaks against', () => {
  const machine = fc.record({ manufacturer: text, product: text, serial: text });
  const more = fc.record({ runId: text, step: text, nodeUuid: text, nodeName: textOrNull, planHash: text, machine });
  const performer = fc.record({ operator: textOrNull, location: textOrNull, contact: textOrNull });
  const leftOut = fc.array(fc.record({ device: text, why: text }), { maxLength: 2 });
  const devices = fc.array(fc.oneof(nearlyGood, nearlyGood, anyErasure), { maxLength: 4 });
  let sanitized = 0;
  fc.assert(
    fc.property(devices, more, performer, leftOut, (erasures, facts, who, out) => {
      const { host, disks } = makeCertificates(sampleErasure(erasures, { ...facts, leftOut: out }), signer, who);
      const statuses = disks.map(({ json }) => bodyOf(json).STATUS);
      for (const [index, status] of statuses.entries()) {
        const erasure = erasures[index];
        if (status !== 'SANITIZED' || !erasure) continue;
        sanitized += 1;
        assert.ok(erasure.isClean && erasure.methodDone !== null && erasure.methodDone !== 'metadata');
        assert.ok(erasure.sanitization !== null && erasure.reason === null && erasure.badRanges.length === 0);
        assert.ok(erasure.checks.length > 0 && erasure.checks.every(({ passed }) => passed));
      }
      const verdict = bodyOf(host.json).STATUS;
      const isGood = statuses.length > 0 && statuses.every((status) => status === 'SANITIZED');
      assert.equal(verdict === 'SANITIZED', isGood && out.length === 0);
      assert.equal(verdict.startsWith('SANITIZED'), isGood && out.every(({ why }) => why.trim() !== ''));
    }),
    { numRuns: 400 },
  );
  assert.ok(sanitized > 50, `${sanitized} were sanitized`);
});
