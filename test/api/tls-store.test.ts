import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadOrCreateCertificate, renewalTime } from '../../api/tls-store.ts';

const root = mkdtempSync(join(tmpdir(), 'ironhand-tls-'));
after(() => rmSync(root, { recursive: true }));

const request = {
  addresses: ['127.0.0.1'],
  hostname: 'vm',
  curve: 'p256',
  clockSkewSeconds: 3600,
  days: 30,
} as const;
const now = new Date('2026-11-22T12:00:00Z');
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
const fresh = (name: string) => {
  const directory = join(root, name);
  return { directory, pair: loadOrCreateCertificate(directory, request, now) };
};

describe('loadOrCreateCertificate', () => {
  it('gives the same pair again after a restart', () => {
    const { directory, pair } = fresh('same');
    assert.deepEqual(loadOrCreateCertificate(directory, request, days(1)), pair);
    assert.match(pair.key, /^-----BEGIN PRIVATE KEY-----/);
  });

  it('keeps the key from everybody else', () => {
    const { directory } = fresh('private');
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    assert.equal(statSync(join(directory, 'agent.pem')).mode & 0o777, 0o600);
  });

  it('makes a new pair when two thirds of the life of the old one are over', () => {
    const { directory, pair } = fresh('old');
    assert.ok(renewalTime(pair) > days(19) && renewalTime(pair) < days(21));
    assert.deepEqual(loadOrCreateCertificate(directory, request, days(19)), pair);
    const renewed = loadOrCreateCertificate(directory, request, days(21));
    assert.notEqual(renewed.certificate, pair.certificate);
    assert.ok(new X509Certificate(renewed.certificate).validToDate > days(50));
    assert.deepEqual(loadOrCreateCertificate(directory, request, days(21)), renewed);
  });

  for (const [what, change] of [
    ['another address', { addresses: ['192.0.2.1'] }],
    ['one more address', { addresses: ['127.0.0.1', 'host.example'] }],
    ['another curve', { curve: 'p384' }],
  ] as const) {
    it(`makes a new pair for ${what}`, () => {
      const { directory, pair } = fresh(what);
      const other = loadOrCreateCertificate(directory, { ...request, ...change }, now);
      assert.notEqual(other.certificate, pair.certificate);
    });
  }

  it('makes a new pair when the file is damaged, or key and certificate do not belong together', () => {
    const { directory, pair } = fresh('damaged');
    const other = fresh('other').pair;
    const path = join(directory, 'agent.pem');
    for (const text of [
      '',
      'nonsense',
      pair.key,
      pair.certificate,
      pair.key.slice(50) + pair.certificate,
      other.key + pair.certificate,
    ]) {
      writeFileSync(path, text);
      const made = loadOrCreateCertificate(directory, request, now);
      assert.notEqual(made.certificate, pair.certificate);
      assert.equal(readFileSync(path, 'utf8'), made.key + made.certificate);
    }
  });
});
