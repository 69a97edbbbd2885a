import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { KeptCertificate } from '../../src/core/kept-certificate.ts';
import { certificateStore } from '../../src/queue/certificate-store.ts';
import { makeCertificates, shortCertificate } from '../../src/storage/erase/certificate/make-certificates.ts';
import { verifyCertificate } from '../../src/storage/erase/certificate/verify-certificate.ts';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { failedDisk, purgedDisk, sampleDisk, sampleErasure, samplePerformer } from '../support/sample-erasure.ts';
import { testSigner } from '../support/signing-key.ts';

const base = '/v1/erase/certificates';
const { signer, publicKey } = testSigner();
const device = sampleDisk({ model: 'Größe 2½″ 日本' });
const { host, disks } = makeCertificates(
  sampleErasure([purgedDisk({ device }), failedDisk()]),
  signer,
  samplePerformer,
);
const all: readonly KeptCertificate[] = [...disks, host];

let agent: RunningAgent;

before(async () => {
  agent = await startAgent();
});

after(() => agent.stop());

const keep = (): void => {
  const store = certificateStore({ certificates: path.join(agent.stateDir, 'certificates') });
  for (const certificate of all) store.save(certificate);
};

describe('the erase certificates on the api', () => {
  it('are an empty list before anything was erased', async () => {
    assert.deepEqual((await agent.request(base)).json, { certificates: [] });
  });

  it('are listed with what they say, under every form of the path', async () => {
    keep();
    for (const where of [base, `${base}/`, '/erase/certificates', '/erase/certificates/']) {
      const { status, json } = await agent.request(where);
      assert.equal(status, 200);
      const { certificates } = json as { readonly certificates: readonly Record<string, unknown>[] };
      assert.deepEqual(
        certificates.map(({ id, sha256, signed }) => ({ id, sha256, signed })),
        all.map(shortCertificate),
      );
      assert.deepEqual(
        certificates.map(({ kind, status: verdict }) => [kind, verdict]),
        [
          ['disk', 'SANITIZED'],
          ['disk', 'FAILED: NOT CLEAN'],
          ['host', 'FAILED: NOT CLEAN'],
        ],
      );
    }
  });

  it('come byte for byte as they were signed', async () => {
    keep();
    for (const { id, json } of all) {
      for (const where of [`${base}/${id}`, `${base}/${id}.json`]) {
        const { status, text, headers } = await agent.request(where, { headers: { accept: '*/*' } });
        assert.deepEqual([status, headers['content-type']], [200, 'application/json']);
        assert.equal(text, json);
        assert.equal(verifyCertificate(Buffer.from(text), publicKey).kind, 'signed');
      }
    }
  });

  it('come as a page to who asks for one, which may do nothing but look', async () => {
    keep();
    const asks = [
      [`${base}/${host.id}.html`, { accept: 'application/json' }],
      [`${base}/${host.id}`, { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }],
    ] as const;
    for (const [where, headers] of asks) {
      const reply = await agent.request(where, { headers });
      assert.deepEqual([reply.status, reply.headers['content-type']], [200, 'text/html; charset=utf-8']);
      assert.equal(reply.text, host.html);
      const policy = String(reply.headers['content-security-policy']);
      assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'$/);
      assert.equal(reply.headers['x-content-type-options'], 'nosniff');
    }
    const json = await agent.request(`${base}/${host.id}`, { headers: { accept: 'application/json, text/html' } });
    assert.equal(json.text, host.json);
  });

  it('are behind the token, each of them', async () => {
    keep();
    for (const where of [base, `${base}/${host.id}`, `${base}/${host.id}.html`, `${base}/none`]) {
      for (const token of [null, 'wrong', '']) {
        const { status, json } = await agent.request(where, { token });
        assert.equal(status, 401);
        assert.deepEqual(json, { faultcode: 'Client', faultstring: '401 Unauthorized: Token invalid.' });
      }
    }
  });

  it('are not found under any other name, and no name leads out of their folder', async () => {
    writeFileSync(path.join(agent.stateDir, 'outside.json'), '{}');
    const names = [
      'none',
      'none.html',
      '..%2foutside',
      '..%2foutside.json',
      '%2e%2e%2fidentity',
      '.html',
      `${host.id}.xml`,
    ];
    for (const name of [...names, 'x'.repeat(500), '%00', 'a%0ab']) {
      const { status, json } = await agent.request(`${base}/${name}`);
      assert.equal(status, 404, name);
      const { faultcode, faultstring } = json as Record<string, string>;
      assert.equal(faultcode, 'Client');
      assert.match(String(faultstring), /^Not found: Erase certificate [\s\S]{0,100} not found\.$/);
    }
  });

  it('cannot be changed', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const { status, headers } = await agent.request(`${base}/${host.id}`, { method });
      assert.deepEqual([status, headers.allow], [405, 'GET, HEAD']);
    }
  });
});
