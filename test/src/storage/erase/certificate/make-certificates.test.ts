import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { projectRoot } from '../../../../../scripts/check-stages.ts';
import { canonicalJson, type Json } from '../../../../../src/core/canonical-json.ts';
import type {
  DiskCertificate,
  HostCertificate,
} from '../../../../../src/storage/erase/certificate/certificate-body.ts';
import { makeCertificates, shortCertificate } from '../../../../../src/storage/erase/certificate/make-certificates.ts';
import type { DeviceErasure, MachineErasure } from '../../../../../src/storage/erase/device-erasure.ts';
import {
  clearedDisk,
  failedDisk,
  metadataDisk,
  purgedDisk,
  sampleDisk,
  sampleErasure,
  samplePerformer,
} from '../../../../support/sample-erasure.ts';
import { testSigner, wellKnownKey } from '../../../../support/signing-key.ts';

const { signer } = testSigner(wellKnownKey);

function certified(devices: readonly DeviceErasure[], more: Partial<MachineErasure> = {}) {
  const made = makeCertificates(sampleErasure(devices, more), signer, samplePerformer);
  const body = (json: string): unknown => (JSON.parse(json) as { certificate: unknown }).certificate;
  return {
    ...made,
    hostBody: body(made.host.json) as HostCertificate,
    diskBodies: made.disks.map(({ json }) => body(json) as DiskCertificate),
  };
}

const onlyDisk = (device: DeviceErasure, more: Partial<MachineErasure> = {}): DiskCertificate =>
  certified([device], more).diskBodies[0] as DiskCertificate;

describe('golden certificates', () => {
  const leftOut = [{ device: '/dev/sr0', why: 'virtual media: removable, over USB' }];
  const good = makeCertificates(sampleErasure([purgedDisk(), clearedDisk()], { leftOut }), signer, samplePerformer);
  const bad = makeCertificates(sampleErasure([purgedDisk(), failedDisk()]), signer, samplePerformer);
  const nobody = { operator: null, location: null, contact: null };
  const plain = makeCertificates(sampleErasure([metadataDisk()], { step: 'erase_devices_metadata' }), null, nobody);
  const golden = {
    'host-left-out': good.host,
    'disk-purged': good.disks[0],
    'disk-cleared': good.disks[1],
    'host-failed': bad.host,
    'disk-failed': bad.disks[1],
    'host-unsigned-metadata': plain.host,
    'disk-unsigned-metadata': plain.disks[0],
  };
  const folder = path.join(projectRoot, 'test/fixtures/erase-certificates');
  for (const [name, certificate] of Object.entries(golden)) {
    for (const form of ['json', 'html'] as const) {
      it(`${name}.${form} is as it was, byte for byte (IRONHAND_GOLDEN=write writes it anew)`, () => {
        const file = path.join(folder, `${name}.${form}`);
        const text = certificate?.[form] ?? '';
        if (process.env['IRONHAND_GOLDEN'] === 'write') {
          mkdirSync(folder, { recursive: true });
          writeFileSync(file, text);
        }
        assert.equal(text, readFileSync(file, 'utf8'));
      });
    }
  }
});

describe('makeCertificates', () => {
  it('gives canonical JSON that begins with the status', () => {
    const { host, disks } = certified([purgedDisk(), failedDisk()]);
    for (const { json } of [host, ...disks]) {
      assert.equal(json, canonicalJson(JSON.parse(json) as Json));
      assert.match(json, /^\{"certificate":\{"STATUS":"(SANITIZED|FAILED: NOT CLEAN)","/);
    }
  });

  it('gives the same bytes for the same run', () => {
    const devices = [purgedDisk(), failedDisk()];
    assert.deepEqual(certified(devices), certified(devices));
  });

  it('gives every certificate an id of its own that a file name and an archive can hold', () => {
    const paths = ['/dev/sda', '/dev/mapper/a.b', '/dev/mapper/a_b', `/dev/mapper/${'x'.repeat(200)}`, '/dev/../é'];
    const devices = paths.map((name) => purgedDisk({ device: sampleDisk({ path: name }) }));
    const { host, disks } = certified(devices, { runId: `../${'r'.repeat(100)}` });
    const ids = [host, ...disks].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]{1,95}$/);
  });

  it('names in the certificate of the machine the digest of the file of every disk', () => {
    const { hostBody, disks } = certified([purgedDisk(), clearedDisk()]);
    assert.deepEqual(
      hostBody.disks.map(({ certificate, sha256 }) => [certificate, sha256]),
      disks.map(({ id, json }) => [id, createHash('sha256').update(json).digest('hex')]),
    );
  });

  it('says in short what a step has room for', () => {
    const { host } = certified([purgedDisk()]);
    const sha256 = createHash('sha256').update(host.json).digest('hex');
    assert.deepEqual(shortCertificate(host), { id: host.id, sha256, signed: true });
    const unsigned = makeCertificates(sampleErasure([purgedDisk()]), null, samplePerformer).host;
    assert.equal(shortCertificate(unsigned).signed, false);
  });

  it('says that it is unsigned, and why, where there is no key', () => {
    const { host } = makeCertificates(sampleErasure([purgedDisk()]), null, samplePerformer);
    const { signature, unsigned_reason: why } = JSON.parse(host.json) as Record<string, unknown>;
    assert.equal(signature, null);
    assert.match(String(why), /no signing key is configured/);
    assert.match(host.html, /UNSIGNED/);
  });

  it('names method and verification in the words of NIST SP 800-88', () => {
    const purged = onlyDisk(purgedDisk(), { readBack: 'full' });
    assert.equal(purged.sanitization.method, 'Purge');
    assert.match(purged.sanitization.technique ?? '', /^Crypto Erase/);
    assert.equal(purged.verification.method, 'Full');
    const cleared = onlyDisk(clearedDisk());
    assert.equal(cleared.sanitization.method, 'Clear');
    assert.equal(cleared.verification.method, 'Quick Sampling');
    const checks = [{ name: 'sanitize-status', passed: true, detail: 'ended' }];
    assert.equal(onlyDisk(purgedDisk({ checks })).verification.method, 'Other');
    assert.deepEqual(cleared.post_sanitization, { destination: null, categorization: null });
  });

  it('says when a weaker method was used than the one that was asked for', () => {
    const attempts = [
      { method: 'nvme-sanitize-crypto', error: 'refused', tool: 'nvme', exitCode: 1 },
      { method: 'overwrite', error: null, tool: 'ironhand', exitCode: null },
    ] as const;
    const weaker = purgedDisk({ methodDone: 'overwrite', sanitization: 'clear', attempts });
    assert.equal(onlyDisk(weaker).sanitization.weaker_than_asked, true);
    assert.match(certified([weaker]).disks[0]?.html ?? '', /Weaker than asked/);
    assert.equal(onlyDisk(purgedDisk()).sanitization.weaker_than_asked, false);
  });

  it('masks secrets in what programs said, and shortens what is endless', () => {
    const error = `GET http://user:sesame@host/?agent_token=sesame ${'x'.repeat(10_000)}`;
    const json = JSON.stringify(onlyDisk(failedDisk({ reason: error, details: { password: 'sesame', log: error } })));
    assert.doesNotMatch(json, /sesame/);
    assert.ok(json.length < 20_000);
  });

  it('holds what JSON cannot say', () => {
    const details = { nan: Number.NaN, infinite: Number.POSITIVE_INFINITY, half: '\ud800' };
    const { sanitization } = onlyDisk(purgedDisk({ details, device: sampleDisk({ serial: 'a\udfff' }) }));
    assert.deepEqual(sanitization.details, { nan: 'NaN', infinite: 'Infinity', half: '\ufffd' });
  });

  it('counts bad sectors and names the first hundred ranges', () => {
    const badRanges = Array.from({ length: 150 }, (_, index) => ({ start: index * 8192, end: index * 8192 + 4096 }));
    const { sanitization } = onlyDisk(failedDisk({ badRanges }));
    assert.equal(sanitization.bad_sectors, 150 * 8);
    assert.equal(sanitization.bad_ranges.length, 100);
    assert.deepEqual(sanitization.bad_ranges[1], { first_byte: 8192, last_byte: 12_287 });
  });
});
