import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { verifyFile } from '../../../scripts/cli/erase-verify.ts';
import type { DiskCertificate } from '../../../src/storage/erase/certificate/certificate-body.ts';
import { certificateIds } from '../../../src/storage/erase/certificate/certificate-ids.ts';
import { envelopeText, seal } from '../../../src/storage/erase/certificate/envelope.ts';
import { hostCertificate } from '../../../src/storage/erase/certificate/host-certificate.ts';
import { makeCertificates } from '../../../src/storage/erase/certificate/make-certificates.ts';
import { type CertificateSigner, loadSigner } from '../../../src/storage/erase/certificate/signer.ts';
import type { DeviceErasure, MachineErasure } from '../../../src/storage/erase/device-erasure.ts';
import { runCli } from '../../support/cli.ts';
import {
  clearedDisk,
  failedDisk,
  metadataDisk,
  purgedDisk,
  sampleDisk,
  sampleErasure,
  samplePerformer,
} from '../../support/sample-erasure.ts';
import { writeKeyPair } from '../../support/signing-key.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
after(() => directory[Symbol.dispose]());

const site = writeKeyPair(directory.path, { name: 'site' });
const other = writeKeyPair(directory.path, { name: 'other' });
const signer = loadSigner(site.keyFile);

interface Issued {
  readonly folder: string;
  readonly host: string;
  readonly disks: readonly string[];
}

/** Certificates of a run as files in a folder of their own. */
function issue(
  name: string,
  devices: readonly DeviceErasure[],
  { by = signer, ...more }: Partial<MachineErasure> & { by?: CertificateSigner | null } = {},
): Issued {
  const folder = path.join(directory.path, name);
  mkdirSync(folder);
  const made = makeCertificates(sampleErasure(devices, more), by, samplePerformer);
  const write = ({ id, json }: { id: string; json: string }): string => {
    const file = path.join(folder, `${id}.json`);
    writeFileSync(file, json);
    return file;
  };
  return { folder, host: write(made.host), disks: made.disks.map(write) };
}

/** What the command says, without a process of its own. */
function verify(file: string | undefined, flags: Parameters<typeof verifyFile>[1] = {}) {
  const { lines, exitCode } = verifyFile(file ?? '', flags);
  return { code: exitCode, lines, text: lines.join('\n') };
}
const trusting = (file: string | undefined, certificates?: string) =>
  verify(file, { publicKey: site.publicFile, ...(certificates === undefined ? {} : { certificates }) });
const run = (...args: string[]) => runCli(['erase', 'verify', ...args]);

const good = issue('good', [purgedDisk(), clearedDisk()]);
const change = (file: string, from: string, to: string): void => {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes(from));
  writeFileSync(file, text.replace(from, to));
};

describe('ironhand erase verify', { concurrency: true }, () => {
  it('tells its exit codes, and what is unsafe, in its help', async () => {
    const { code, stdout } = await run('--help');
    assert.equal(code, 0);
    for (const text of [
      /^ {2}0 {2}authentic/m,
      /^ {2}1 {2}no certificate/m,
      /^ {2}2 {2}whole, but/m,
      /^ {2}3 {2}auth/m,
    ]) {
      assert.match(stdout, text);
    }
    assert.match(stdout, /Without --public-key/);
  });

  it('prints its verdict and ends with its exit code', async () => {
    const changed = issue('run-changed', [purgedDisk()]).host;
    change(changed, 'Dell', 'Sell');
    const files = [good.host, changed, issue('run-unsigned', [purgedDisk()], { by: null }).host];
    files.push(issue('run-failed', [failedDisk()]).host);
    const ended = await Promise.all(files.map((file) => run(file, '--public-key', site.publicFile)));
    assert.deepEqual(
      ended.map(({ code, stderr }) => [code, stderr]),
      [0, 1, 2, 3].map((code) => [code, '']),
    );
    assert.deepEqual(
      ended.map(({ stdout }) => stdout),
      files.map((file) => `${trusting(file).text}\n`),
    );
    const disks = await run(good.host, '--public-key', site.publicFile, '--certificates', good.folder);
    assert.equal(disks.stdout, `${trusting(good.host, good.folder).text}\n`);
  });

  it('ends with 1 and says what is wrong where a file cannot be read', async () => {
    const { code, stdout, stderr } = await run(path.join(directory.path, 'none.json'));
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^ironhand: ENOENT[^\n]*none\.json'\n$/);
  });
});

describe('the verdict of ironhand erase verify', () => {
  it('is 0 for a disk that was sanitized, by the key that is trusted', () => {
    const { code, lines, text } = trusting(good.disks[0]);
    assert.equal(code, 0);
    const script = 'openssl pkey -pubin -in "$1" -outform DER | sha256sum';
    const keyId = execFileSync('sh', ['-c', script, 'sh', site.publicFile], { encoding: 'utf8' }).slice(0, 64);
    assert.deepEqual(lines.slice(0, 2), [`SIGNATURE VALID: signed by key ${keyId}, the one given`, 'SANITIZED']);
    assert.match(text, /disk: \/dev\/nvme0n1 SAMSUNG MZQL2960HCJR-00A07 serial S64FNE0R402189, 960197124096 bytes/);
    assert.match(text, /method: Purge, Crypto Erase/);
  });

  it('is 0 without a key, and says that the key is not checked', () => {
    const { code, text } = verify(good.disks[0]);
    assert.equal(code, 0);
    assert.match(text, /^SIGNATURE VALID, KEY NOT CHECKED: .*anybody has such a key/);
  });

  it('is 1 for a valid signature of another key', () => {
    const { code, text } = verify(good.host, { publicKey: other.publicFile });
    assert.equal(code, 1);
    assert.match(text, /^NOT TRUSTED: signed by key [0-9a-f]{64}, not by the one given\nclaims: SANITIZED\n/);
  });

  it('is 1 for a certificate that was changed, with or without a key', () => {
    const [file] = issue('changed', [failedDisk()]).disks;
    change(file ?? '', '"STATUS":"FAILED: NOT CLEAN"', '"STATUS":"SANITIZED"');
    for (const { code, text } of [verify(file), trusting(file)]) {
      assert.equal(code, 1);
      assert.match(text, /^NOT VALID: its signature does not fit/);
      assert.doesNotMatch(text, /SANITIZED/);
    }
  });

  it('is 2 for one that nobody signed, also where it says that all is well', () => {
    const { host, disks, folder } = issue('unsigned', [purgedDisk()], { by: null });
    for (const { code, text } of [trusting(host), trusting(disks[0]), trusting(host, folder)]) {
      assert.equal(code, 2);
      assert.match(text, /^UNSIGNED: no signing key is configured.*whoever could write this file/);
      assert.doesNotMatch(text, /^SANITIZED/m);
    }
  });

  it('is 3 for an authentic certificate of a failure, of metadata, and of nothing', () => {
    for (const [name, devices, status] of [
      ['failed', [purgedDisk(), failedDisk()], 'FAILED: NOT CLEAN'],
      ['metadata', [metadataDisk()], 'NOT SANITIZED: METADATA ONLY'],
      ['nothing', [], 'NOT SANITIZED'],
    ] as const) {
      const { host, disks } = issue(name, devices);
      for (const file of [host, ...disks.slice(-1)]) {
        const { code, lines, text } = trusting(file);
        assert.deepEqual([code, lines[1]], [3, status]);
        assert.match(text, /^ {2}because: /m);
      }
    }
  });

  it('names disks that were left out', () => {
    const { host } = issue('left-out', [purgedDisk()], { leftOut: [{ device: '/dev/sr0', why: 'virtual media' }] });
    const { code, text } = trusting(host);
    assert.equal(code, 0);
    assert.match(text, /^SANITIZED EXCEPT DISKS LEFT OUT$/m);
    assert.match(text, /^ {2}left out: \/dev\/sr0: virtual media$/m);
  });

  it('says of a machine without a name that it is unknown', () => {
    const { host } = issue('nameless', [purgedDisk()], { machine: { manufacturer: '', product: '', serial: '' } });
    assert.match(trusting(host).text, /^ {2}machine: unknown, node \S+$/m);
  });

  it('shows what a drive says of itself without letting it move the cursor', () => {
    const device = sampleDisk({ serial: '\u001b[2J\u001b[1;1HSANITIZED\u202e', model: 'a\nSANITIZED' });
    const [file] = issue('hostile', [failedDisk({ device })]).disks;
    const { lines, text } = trusting(file);
    for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]/u);
    assert.doesNotMatch(text, /^SANITIZED/m);
    assert.match(text, /\\u\{1b\}\[2J/);
  });

  it('is none where it is not told what it needs', () => {
    const rsa = path.join(directory.path, 'rsa.pub');
    execFileSync('sh', ['-c', 'openssl genrsa 2>&- | openssl rsa -pubout -out "$1" 2>&-', 'sh', rsa]);
    for (const [publicKey, message] of [
      [path.join(directory.path, 'none'), /ENOENT/],
      [site.keyFile, /expected a public Ed25519 key.*found "BEGIN PRIVATE KEY"/],
      [good.host, /found no PEM/],
      [rsa, /found one of type rsa/],
    ] as const) {
      assert.throws(() => verify(good.host, { publicKey }), message);
    }
    assert.throws(() => verify(directory.path), /EISDIR/);
    assert.throws(
      () => trusting(good.disks[0], good.folder),
      /expected the certificate of a machine, found that of a disk/,
    );
  });
});

describe('ironhand erase verify --certificates', () => {
  it('is content where every disk has the certificate that the machine names', () => {
    const { code, text } = trusting(good.host, good.folder);
    assert.equal(code, 0);
    assert.match(text, /^the certificates of its disks are there and are the ones it names$/m);
    assert.doesNotMatch(trusting(good.host).text, /are the ones it names/);
  });

  it('gives 1 where one is missing', () => {
    const { code, text } = trusting(good.host, directory.path);
    assert.equal(code, 1);
    assert.equal(text.match(/^NOT VALID: .* is not there$/gm)?.length, 2);
    assert.doesNotMatch(text, /^SANITIZED/m);
  });

  it('gives 1 where one was changed or is of another run', () => {
    const changed = issue('disk-changed', [purgedDisk()]);
    change(changed.disks[0] ?? '', 'S64FNE0R402189', 'S64FNE0R402188');
    const replaced = issue('disk-replaced', [purgedDisk()]);
    const later = issue('disk-later', [purgedDisk({ endedAt: '2026-11-23T00:00:00.000Z' })]);
    writeFileSync(replaced.disks[0] ?? '', readFileSync(later.disks[0] ?? ''));
    for (const { host, folder } of [changed, replaced]) {
      const { code, text } = trusting(host, folder);
      assert.equal(code, 1);
      assert.match(text, /^NOT VALID: \/dev\/nvme0n1: .*has the SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}$/m);
    }
  });

  it('gives 1 where the machine names a certificate that does not hold by itself', () => {
    const body = (file: string): DiskCertificate =>
      (JSON.parse(readFileSync(file, 'utf8')) as { certificate: DiskCertificate }).certificate;
    const stranger = loadSigner(other.keyFile);
    for (const [name, by, change, why] of [
      ['unsigned', null, {}, /is not signed/],
      ['other-key', stranger, {}, /is signed by another key/],
      ['other-run', signer, { host_certificate: 'erase-other-host' }, /is not of this disk and run/],
      ['other-id', signer, { id: 'erase-other-disk1' }, /is not of this disk and run/],
      ['other-status', signer, { STATUS: 'FAILED: NOT CLEAN' }, /is not of this disk and run/],
    ] as const) {
      const { folder, disks } = issue(`inner-${name}`, [purgedDisk()]);
      const [file = ''] = disks;
      const json = envelopeText(seal({ ...body(file), ...change }, by));
      writeFileSync(file, json);
      const kept = { id: path.basename(file, '.json'), json, html: '' };
      const erasure = sampleErasure([purgedDisk()]);
      const host = hostCertificate(erasure, samplePerformer, certificateIds(erasure).host, [
        { body: body(disks[0] ?? ''), kept },
      ]);
      const named = { ...host, disks: host.disks.map((disk) => ({ ...disk, status: 'SANITIZED' as const })) };
      const hostFile = path.join(folder, 'host.json');
      writeFileSync(hostFile, envelopeText(seal(named, signer)));
      const { code, text } = trusting(hostFile, folder);
      assert.equal(code, 1);
      assert.match(text, why);
    }
  });
});
