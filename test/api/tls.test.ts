import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { connect, type SecureVersion } from 'node:tls';
import { planTls, prepareTls, type TlsSettings, tlsSettings } from '../../api/tls.ts';
import { cipherList } from '../../api/tls-ciphers.ts';

const root = mkdtempSync(join(tmpdir(), 'ironhand-tls-'));
after(() => rmSync(root, { recursive: true }));
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const automatic = { kind: 'automatic' } as const;

function settings(directory: string, more: Partial<TlsSettings> = {}): TlsSettings {
  return {
    minVersion: '1.2',
    cipherSuites: null,
    certificate: { addresses: ['127.0.0.1', '::1'], hostname: 'vm', curve: 'p384', clockSkewSeconds: 3600, days: 30 },
    directory: join(root, directory),
    ...more,
  };
}

async function serve(options: ServerOptions | null, host = '127.0.0.1') {
  const server = createServer(options ?? {}, (_request, response) => response.end('hello'));
  server.on('tlsClientError', () => {});
  server.listen(0, host);
  await once(server, 'listening');
  cleanups.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { server, port: (server.address() as AddressInfo).port };
}

/** The agreed protocol, when only this version is offered. */
async function handshake(port: number, version: SecureVersion, more: object = {}): Promise<string | null> {
  const ciphers = 'DEFAULT:@SECLEVEL=0';
  const socket = connect({
    port,
    host: '127.0.0.1',
    minVersion: version,
    maxVersion: version,
    rejectUnauthorized: false,
    ciphers,
    ...more,
  });
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol();
  } finally {
    socket.destroy();
  }
}

/** What an HTTPS client reads that trusts exactly this PEM. */
async function fetchTrusting(ca: string, host: string, port: number): Promise<string> {
  const request = get({ host, port, ca, agent: false, minVersion: 'TLSv1.3' });
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

describe('a certificate that is made here', () => {
  it('is verified by a client that trusts exactly it, with the address as host', async () => {
    const tls = prepareTls(automatic, settings('verify'));
    const { port } = await serve(tls.options);
    assert.equal(await fetchTrusting(tls.verifyCa() ?? '', '127.0.0.1', port), 'hello');
    assert.equal(tls.protocol, 'https');
  });

  it('is verified under an IPv6 address too', async () => {
    const tls = prepareTls(automatic, settings('verify'));
    const { port } = await serve(tls.options, '::1');
    assert.equal(await fetchTrusting(tls.verifyCa() ?? '', '::1', port), 'hello');
  });

  it('is not verified under another address, nor by another certificate', async () => {
    const tls = prepareTls(
      automatic,
      settings('elsewhere', { certificate: { ...settings('').certificate, addresses: ['192.0.2.1'] } }),
    );
    const { port } = await serve(tls.options);
    await assert.rejects(fetchTrusting(tls.verifyCa() ?? '', '127.0.0.1', port), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    const other = prepareTls(automatic, settings('other')).verifyCa() ?? '';
    await assert.rejects(fetchTrusting(other, '127.0.0.1', port), /self-signed|unable to/);
  });

  it('stays the same after a restart', () => {
    assert.equal(
      prepareTls(automatic, settings('stays')).verifyCa(),
      prepareTls(automatic, settings('stays')).verifyCa(),
    );
  });

  it('is replaced in the running server before it ends', async () => {
    const now = new Date();
    const later = new Date(now.getTime() + 21 * 86_400_000);
    const tls = prepareTls(automatic, settings('renewed'), now);
    const { server, port } = await serve(tls.options);
    const old = tls.verifyCa() ?? '';
    assert.equal(tls.renewIfDue(server, now), false);
    assert.equal(tls.verifyCa(), old);
    // Dated back by a day more than it is moved to the future, so that it is good today as well.
    const certificate = { ...settings('').certificate, clockSkewSeconds: 22 * 86_400 };
    const long = prepareTls(automatic, settings('renewed-long', { certificate }), new Date(now.getTime() - 86_400_000));
    const { server: second, port: secondPort } = await serve(long.options);
    const before = long.verifyCa() ?? '';
    assert.equal(long.renewIfDue(second, later), true);
    assert.notEqual(long.verifyCa(), before);
    assert.equal(await fetchTrusting(long.verifyCa() ?? '', '127.0.0.1', secondPort), 'hello');
    await assert.rejects(fetchTrusting(before, '127.0.0.1', secondPort));
    assert.equal(await fetchTrusting(old, '127.0.0.1', port), 'hello');
    await assert.rejects(handshake(secondPort, 'TLSv1.1'));
  });
});

describe('the protocol versions', () => {
  it('are 1.2 and 1.3, and nothing older', async () => {
    const { port } = await serve(prepareTls(automatic, settings('versions')).options);
    assert.equal(await handshake(port, 'TLSv1.3', { ciphers: undefined }), 'TLSv1.3');
    assert.equal(await handshake(port, 'TLSv1.2'), 'TLSv1.2');
    await assert.rejects(handshake(port, 'TLSv1.1'), /protocol version|alert/i);
    await assert.rejects(handshake(port, 'TLSv1'), /protocol version|alert/i);
  });

  it('are 1.3 alone when that is the oldest one allowed', async () => {
    const { port } = await serve(prepareTls(automatic, settings('modern', { minVersion: '1.3' })).options);
    assert.equal(await handshake(port, 'TLSv1.3', { ciphers: undefined }), 'TLSv1.3');
    await assert.rejects(handshake(port, 'TLSv1.2'), /protocol version|alert/i);
  });

  it('stay both when cipher suites of one of them are named', async () => {
    for (const cipherSuites of ['ECDHE-ECDSA-AES256-GCM-SHA384', 'TLS_AES_128_GCM_SHA256']) {
      const { port } = await serve(prepareTls(automatic, settings('suites', { cipherSuites })).options);
      assert.equal(await handshake(port, 'TLSv1.3', { ciphers: undefined }), 'TLSv1.3');
      assert.equal(await handshake(port, 'TLSv1.2'), 'TLSv1.2');
    }
  });

  it('offer no cipher suite of 1.2 without forward secrecy', async () => {
    const { port } = await serve(prepareTls(automatic, settings('secrecy')).options);
    await assert.rejects(handshake(port, 'TLSv1.2', { ciphers: 'ECDHE-ECDSA-AES256-SHA384:AES256-GCM-SHA384' }));
  });
});

describe('cipherList', () => {
  it('puts the suites of both versions into one list', () => {
    assert.match(cipherList('ECDHE-A, TLS_X'), /^TLS_X:ECDHE-A$/);
    assert.match(cipherList(null), /^TLS_AES_256.*:ECDHE-ECDSA-AES256-GCM-SHA384:/);
  });
});

describe('prepareTls', () => {
  it('serves a certificate that was given, and has nothing to tell Ironic of it', async () => {
    const made = prepareTls(automatic, settings('given'));
    const [certFile, keyFile] = [join(root, 'given.crt'), join(root, 'given.key')];
    writeFileSync(certFile, made.verifyCa() ?? '');
    writeFileSync(keyFile, String(made.options?.key));
    const tls = prepareTls({ kind: 'given', certFile, keyFile }, settings('unused'));
    const { port } = await serve(tls.options);
    assert.equal(await fetchTrusting(made.verifyCa() ?? '', '127.0.0.1', port), 'hello');
    assert.equal(tls.verifyCa(), null);
  });

  it('serves plain HTTP when there is no certificate', () => {
    const tls = prepareTls({ kind: 'none' }, settings('none'));
    assert.deepEqual([tls.protocol, tls.options, tls.verifyCa()], ['http', null, null]);
  });

  it('refuses files and cipher suites that cannot be used, by a configuration error', () => {
    const bad = { kind: 'given', certFile: join(root, 'missing.crt'), keyFile: join(root, 'missing.key') } as const;
    assert.throws(() => prepareTls(bad, settings('x')), { name: 'ConfigurationError', message: /missing\.key/ });
    writeFileSync(join(root, 'bad.pem'), 'nonsense');
    const nonsense = { kind: 'given', certFile: join(root, 'bad.pem'), keyFile: join(root, 'bad.pem') } as const;
    assert.throws(() => prepareTls(nonsense, settings('x')), { name: 'ConfigurationError' });
    assert.throws(() => prepareTls(automatic, settings('x', { cipherSuites: 'NO-SUCH-SUITE' })), {
      name: 'ConfigurationError',
    });
  });
});

describe('planTls', () => {
  const usual = { listenTls: false, tlsCertFile: null, tlsKeyFile: null, enableAutoTls: true };
  const given = { ...usual, listenTls: true, tlsCertFile: '/c', tlsKeyFile: '/k' };
  const version = (minor: number) => ({ major: 1, minor });

  it('makes a certificate where Ironic can be told of it, or where there is no Ironic', () => {
    assert.equal(planTls(usual, version(104)).kind, 'automatic');
    assert.equal(planTls(usual, version(68)).kind, 'automatic');
    assert.equal(planTls(usual, version(67)).kind, 'none');
    assert.equal(planTls(usual, null).kind, 'automatic');
  });

  it('makes none when told not to', () => {
    assert.equal(planTls({ ...usual, enableAutoTls: false }, version(104)).kind, 'none');
  });

  it('prefers a certificate that was given', () => {
    assert.deepEqual(planTls(given, version(104)), { kind: 'given', certFile: '/c', keyFile: '/k' });
    assert.deepEqual(planTls({ ...given, listenTls: false }, version(104)).kind, 'automatic');
  });
});

describe('tlsSettings', () => {
  const config = {
    tlsMinVersion: '1.2',
    tlsCipherSuites: 'A',
    tlsCertificateCurve: 'p384',
    autoTlsAllowedClockSkewSeconds: 5,
  } as const;
  const at = { addresses: ['127.0.0.1'], hostname: 'vm', directory: '/x' };

  it('prefers what Ironic said at lookup', () => {
    const both = tlsSettings(config, { tlsMinVersion: '1.3', tlsCipherSuites: 'B' }, at);
    assert.deepEqual([both.minVersion, both.cipherSuites], ['1.3', 'B']);
    const silent = tlsSettings(config, { tlsMinVersion: null, tlsCipherSuites: null }, at);
    assert.deepEqual([silent.minVersion, silent.cipherSuites], ['1.2', 'A']);
    assert.equal(tlsSettings(config, null, at).certificate.days, 30);
  });
});
