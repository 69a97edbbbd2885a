import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { createAgentCertificate } from '../../api/tls-certificate.ts';

const request = {
  addresses: ['192.0.2.1'],
  hostname: 'node-1.example',
  curve: 'p384',
  clockSkewSeconds: 3600,
  days: 30,
} as const;
const now = new Date('2026-11-22T12:00:00Z');
const parsed = (more: object = {}) =>
  new X509Certificate(createAgentCertificate({ ...request, ...more }, now).certificate);

describe('createAgentCertificate', () => {
  it('makes a key and a certificate that belong together, signed by itself', () => {
    const pair = createAgentCertificate(request, now);
    const certificate = new X509Certificate(pair.certificate);
    assert.equal(certificate.checkPrivateKey(createPrivateKey(pair.key)), true);
    assert.equal(certificate.verify(certificate.publicKey), true);
    assert.equal(certificate.checkIssued(certificate), true);
    assert.equal(certificate.subject, 'CN=node-1.example');
    assert.equal(certificate.issuer, certificate.subject);
  });

  it('is dated back by the clock skew and good for the days asked for', () => {
    const certificate = parsed();
    assert.equal(certificate.validFromDate.toISOString(), '2026-11-22T11:00:00.000Z');
    assert.equal(certificate.validToDate.toISOString(), '2026-12-22T12:00:00.000Z');
  });

  it('has another serial number each time', () => {
    assert.notEqual(parsed().serialNumber, parsed().serialNumber);
  });

  for (const [curve, name] of [
    ['p256', 'prime256v1'],
    ['p384', 'secp384r1'],
    ['p521', 'secp521r1'],
  ] as const) {
    it(`can use the curve ${curve}`, () => {
      const certificate = parsed({ curve });
      assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, name);
      assert.equal(certificate.verify(certificate.publicKey), true);
    });
  }

  it('names every kind of address', () => {
    const addresses = [
      '192.0.2.1',
      '2001:db8::1',
      '::1',
      '::',
      '2001:0DB8:0:0:1:0:0:1',
      'fe80::1%eth0',
      '::ffff:192.0.2.7',
      'host.example',
    ];
    const certificate = parsed({ addresses });
    for (const address of [
      '192.0.2.1',
      '2001:db8::1',
      '::1',
      '::',
      '2001:db8::1:0:0:1',
      'fe80::1',
      '::ffff:192.0.2.7',
    ]) {
      assert.ok(certificate.checkIP(address), `${address} expected in ${certificate.subjectAltName}`);
    }
    assert.ok(certificate.checkHost('host.example'));
    assert.equal(certificate.checkIP('192.0.2.2'), undefined);
    assert.equal(certificate.checkIP('2001:db8::2'), undefined);
  });

  it('cuts a host name that is too long and has a subject without one', () => {
    assert.equal(parsed({ hostname: 'x'.repeat(100) }).subject, `CN=${'x'.repeat(64)}`);
    assert.equal(parsed({ hostname: '' }).subject, 'CN=ironhand');
  });
});
