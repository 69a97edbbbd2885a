import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { canonicalJson, type Json } from '../../../../../src/core/canonical-json.ts';
import type { KeptCertificate } from '../../../../../src/core/kept-certificate.ts';
import { makeCertificates } from '../../../../../src/storage/erase/certificate/make-certificates.ts';
import { loadSigner } from '../../../../../src/storage/erase/certificate/signer.ts';
import {
  type Verification,
  verifyCertificate,
} from '../../../../../src/storage/erase/certificate/verify-certificate.ts';
import { shellBlocks } from '../../../../support/markdown.ts';
import {
  clearedDisk,
  failedDisk,
  metadataDisk,
  purgedDisk,
  sampleErasure,
  samplePerformer,
} from '../../../../support/sample-erasure.ts';
import { testSigner } from '../../../../support/signing-key.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';

type Envelope = { certificate: Record<string, Json>; signature: Record<string, Json> | null; unsigned_reason?: string };

const { signer, publicKey } = testSigner();
const leftOut = [{ device: '/dev/sr0', why: 'virtual media' }];
const { host, disks } = makeCertificates(
  sampleErasure([purgedDisk(), clearedDisk(), failedDisk(), metadataDisk()], { leftOut }),
  signer,
  samplePerformer,
);
const everyKind: readonly KeptCertificate[] = [host, ...disks];
const purged = disks[0] as KeptCertificate;

const verified = (text: string, key = publicKey): Verification => verifyCertificate(Buffer.from(text), key);
const invalidWhy = (text: string): string => {
  const found = verified(text);
  assert.equal(found.kind, 'invalid', text.slice(0, 200));
  return found.kind === 'invalid' ? found.why : '';
};
const opened = (text = purged.json): Envelope => JSON.parse(text) as Envelope;
const closed = (envelope: object): string => canonicalJson(envelope as Json);

/** Every way to change one thing in a value: each leaf changed, each key taken out, one put in, each list made shorter. */
function* changes(value: Json, at: readonly (string | number)[] = []): Generator<readonly [string, Json]> {
  const here = at.join('.');
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield [`${here}.${index} taken out`, value.toSpliced(index, 1) as Json];
      for (const [what, changed] of changes(item as Json, [...at, index]))
        yield [what, value.with(index, changed) as Json];
    }
  } else if (typeof value === 'object' && value !== null) {
    yield [`${here} with one more`, { ...value, zzz: null }];
    for (const [key, member] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, Json>;
      yield [`${here}.${key} taken out`, rest];
      for (const [what, changed] of changes(member as Json, [...at, key])) yield [what, { ...value, [key]: changed }];
    }
  } else {
    yield [`${here} changed`, changedLeaf(value as string | number | boolean | null)];
  }
}

function changedLeaf(value: string | number | boolean | null): Json {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (value === null) return 'SANITIZED';
  // Another letter of the same kind, so that an id, a digest or base64 keeps its form.
  return value === '' ? 'x' : (value.startsWith('1') ? '2' : '1') + value.slice(1);
}

describe('verifyCertificate', () => {
  it('knows a certificate of its key, whatever it says', () => {
    for (const { json, id } of everyKind) {
      const found = verified(json);
      assert.deepEqual([found.kind, found.kind === 'signed' && found.trust], ['signed', 'trusted'], id);
    }
  });

  it('forgives one newline at the end and nothing else around', () => {
    assert.equal(verified(`${purged.json}\n`).kind, 'signed');
    for (const text of [
      `${purged.json}\n\n`,
      ` ${purged.json}`,
      `\ufeff${purged.json}`,
      `${purged.json}\r\n`,
      `${purged.json}{}`,
    ]) {
      invalidWhy(text);
    }
  });

  it('tells a certificate of another key, and one of a key that it cannot judge', () => {
    const other = createPublicKey(generateKeyPairSync('ed25519').privateKey);
    const trust = (key: typeof publicKey | null): unknown => {
      const found = verifyCertificate(Buffer.from(purged.json), key);
      return found.kind === 'signed' && found.trust;
    };
    assert.equal(trust(other), 'other-key');
    assert.equal(trust(null), 'unknown');
  });

  for (const [index, { json, id }] of everyKind.entries()) {
    it(`refuses ${id} (${index}) after any single change of any field`, () => {
      let count = 0;
      for (const [what, changed] of changes(JSON.parse(json) as Json)) {
        const text = canonicalJson(changed);
        assert.notEqual(text, json, what);
        // Without its signature it is either unsigned or not whole; in no case does it count as signed.
        assert.notEqual(verified(text).kind, 'signed', what);
        count += 1;
      }
      assert.ok(count > 100, `${count} changes`);
    });
  }

  it('refuses a certificate with any one bit of it flipped', () => {
    const bytes = Buffer.from(purged.json);
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(verifyCertificate(changed, publicKey).kind, 'invalid', `bit ${bit}`);
    }
  });

  it('refuses a key that stands twice, of which a reader could believe the other', () => {
    const twice = purged.json.replace('"STATUS":', '"STATUS":"FAILED: NOT CLEAN","STATUS":');
    assert.deepEqual(JSON.parse(twice), JSON.parse(purged.json));
    assert.match(invalidWhy(twice), /not canonical JSON/);
  });

  it('refuses the same JSON written in another way', () => {
    const { json } = purged;
    const { signature, certificate } = opened();
    for (const text of [
      JSON.stringify(JSON.parse(json), null, 1),
      JSON.stringify({ signature, certificate }),
      json.replace('960197124096', '960197124096.0'),
      json.replace('SANITIZED', String.raw`\u0053ANITIZED`),
      json.replace(/\/dev/g, String.raw`\/dev`),
    ]) {
      assert.notEqual(text, json);
      assert.match(invalidWhy(text), /not canonical JSON/);
    }
  });

  it('refuses what is no certificate, and says what it is instead', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    for (const [text, why] of [
      ['', /not JSON/],
      ['{', /not JSON/],
      ['null', /expected an object/],
      ['[]', /expected an object/],
      ['"x"', /expected an object/],
      ['{}', /expected the schema/],
      ['{"certificate":null,"signature":null}', /expected the schema/],
      ['{"__proto__":{"certificate":1}}', /expected the schema/],
      [deep, /not canonical JSON|not JSON/],
      [closed({ ...opened(), certificate: { ...opened().certificate, schema: 'other' } }), /expected the schema/],
      [closed({ ...opened(), certificate: { ...opened().certificate, schema_version: 2 } }), /schema_version/],
      [closed({ ...opened(), certificate: { ...opened().certificate, STATUS: 'GOOD' } }), /STATUS/],
      [closed({ ...opened(), more: 1 }), /"more" is not allowed/],
      [closed({ ...opened(), unsigned_reason: 'none' }), /unsigned_reason/],
      [closed({ certificate: opened().certificate, signature: null }), /unsigned_reason/],
      [closed({ certificate: opened().certificate }), /signature/],
    ] as const) {
      assert.match(invalidWhy(text), why);
    }
    const notUtf8 = Buffer.concat([Buffer.from('{"certificate":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    assert.deepEqual(verifyCertificate(notUtf8, null), { kind: 'invalid', why: 'it is not UTF-8' });
    assert.match(JSON.stringify(verifyCertificate(Buffer.alloc(17 * 1024 * 1024, ' '), null)), /more than \d+ bytes/);
  });

  it('calls a certificate unsigned whose signature was taken away, and never signed', () => {
    const text = closed({ certificate: opened().certificate, signature: null, unsigned_reason: 'lost' });
    assert.equal(verified(text).kind, 'unsigned');
  });

  it('refuses a signature that is not of this certificate or not of this key', () => {
    const { certificate, signature } = opened();
    const otherOne = opened(disks[1]?.json);
    assert.match(invalidWhy(closed({ certificate, signature: otherOne.signature })), /signature does not fit/);
    const pair = generateKeyPairSync('ed25519');
    const der = pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    assert.match(invalidWhy(closed({ certificate, signature: { ...signature, public_key: der } })), /id of its key/);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const swapped = signedAnew(certificate, rsa.publicKey, sign('sha256', Buffer.from('x'), rsa.privateKey));
    assert.match(invalidWhy(swapped), /no Ed25519 key/);
    const loose = { ...signature, value: String(signature?.['value']).replace(/==$/, '') };
    assert.match(invalidWhy(closed({ certificate, signature: loose })), /base64/);
  });

  it('knows that somebody else has signed a changed certificate', () => {
    const forged = { ...opened(disks[2]?.json).certificate, STATUS: 'SANITIZED' };
    const pair = generateKeyPairSync('ed25519');
    const value = sign(null, Buffer.from(canonicalJson(forged)), pair.privateKey);
    const found = verified(signedAnew(forged, pair.publicKey, value));
    assert.deepEqual([found.kind, found.kind === 'signed' && found.trust], ['signed', 'other-key']);
  });
});

function signedAnew(certificate: Record<string, Json>, key: ReturnType<typeof createPublicKey>, value: Buffer): string {
  const der = key.export({ format: 'der', type: 'spki' });
  const keyId = execFileSync('sha256sum', { input: der, encoding: 'utf8' }).slice(0, 64);
  const signature = {
    algorithm: 'Ed25519',
    key_id: keyId,
    public_key: der.toString('base64'),
    value: value.toString('base64'),
  };
  return closed({ certificate, signature });
}

describe('docs/erase-certificates.md', () => {
  const page = 'docs/erase-certificates.md';
  const [makeKey = ''] = shellBlocks('A key', page);
  const [verify = '', keyId = '', digest = ''] = shellBlocks('Verify with openssl', page);

  it('tells how to make a key, and to verify with openssl what was signed with it', () => {
    using directory = temporaryDirectory();
    const shell = (script: string): string =>
      execFileSync('sh', ['-euc', script], {
        cwd: directory.path,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    shell(makeKey);
    const own = loadSigner(path.join(directory.path, 'erase.key'));
    const nasty = failedDisk({ reason: ',"signature":{"value":"x"}} größe \u2028 $& \\ \n' });
    const made = makeCertificates(sampleErasure([purgedDisk(), nasty]), own, samplePerformer);
    for (const certificate of [made.host, ...made.disks]) {
      const file = path.join(directory.path, 'certificate.json');
      for (const text of [certificate.json, `${certificate.json}\n`]) {
        writeFileSync(file, text);
        assert.match(shell(verify), /Signature Verified Successfully/);
      }
      assert.equal(shell(keyId).slice(0, 64), own.keyId);
      writeFileSync(file, certificate.json.replace('Dell', 'Sell'));
      assert.throws(() => shell(verify), /Signature Verification Failure|Command failed/);
    }
    const folder = path.join(directory.path, 'other');
    mkdirSync(folder);
    writeFileSync(path.join(directory.path, 'certificate.json'), made.disks[0]?.json ?? '');
    assert.ok(made.host.json.includes(`"sha256":"${shell(digest).slice(0, 64)}"`));
    assert.equal(readFileSync(path.join(directory.path, 'body.json'), 'utf8').startsWith('{"STATUS":'), true);
  });
});
