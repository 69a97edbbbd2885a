import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { AgentError } from '../../../../src/errors/agent-error.ts';
import { expectedDigest } from '../../../../src/image/request/checksum.ts';
import { imageInfoFromWire, imageInfoSchema } from '../../../../src/image/request/image-info.ts';

const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const sha512 = 'ab'.repeat(64);

async function select(info: object, files: Readonly<Record<string, string>> = {}, md5Enabled = true) {
  const wire = await imageInfoSchema.validateAsync({
    id: 'i',
    urls: ['http://images/a%20b/my%2Bdisk.raw?x=1'],
    ...info,
  });
  return expectedDigest(imageInfoFromWire(wire), {
    md5Enabled,
    fetchText: async (address) => files[address] ?? assert.fail(`asked for ${address}`),
  });
}

test('prefers os_hash_value to checksum', async () => {
  assert.deepEqual(await select({ checksum: md5, os_hash_algo: 'sha512', os_hash_value: sha512 }), {
    algorithm: 'sha512',
    hex: sha512,
  });
});

test('takes checksum where os_hash_algo is unknown', async () => {
  const info = { checksum: sha256, os_hash_algo: 'whirlpool', os_hash_value: 'x' };
  assert.deepEqual(await select(info), { algorithm: 'sha256', hex: sha256 });
});

test('knows a bare checksum by its length, in upper case too', async () => {
  assert.deepEqual(await select({ checksum: sha256.toUpperCase() }), { algorithm: 'sha256', hex: sha256 });
  assert.deepEqual(await select({ checksum: sha512 }), { algorithm: 'sha512', hex: sha512 });
  assert.deepEqual(await select({ checksum: md5 }), { algorithm: 'md5', hex: md5 });
});

test('fetches a checksum file and looks for the name in the first address', async () => {
  const files = { 'https://images/SHA256SUMS': `${'0'.repeat(64)}  disk.raw\n${sha256} *my+disk.raw\n` };
  assert.deepEqual(await select({ checksum: 'https://images/SHA256SUMS' }, files), {
    algorithm: 'sha256',
    hex: sha256,
  });
});

test('fetches os_hash_value too', async () => {
  const info = { os_hash_algo: 'sha256', os_hash_value: 'http://images/sum' };
  assert.deepEqual(await select(info, { 'http://images/sum': sha256 }), { algorithm: 'sha256', hex: sha256 });
});

test('takes from a checksum file the digest of the algorithm that is named', async () => {
  const sha1 = 'c'.repeat(40);
  const files = { 'http://images/sums': `SHA256 (my+disk.raw) = ${sha256}\nSHA1 (my+disk.raw) = ${sha1}\n` };
  const info = { os_hash_algo: 'sha1', os_hash_value: 'http://images/sums' };
  assert.deepEqual(await select(info, files), { algorithm: 'sha1', hex: sha1 });
});

for (const name of ['my+disk.raw', 'my%2Bdisk.raw']) {
  test(`finds an encoded name of an address as ${name}`, async () => {
    const files = { 'http://images/sums': `${sha512}  other\n${sha256}  ${name}\n` };
    assert.equal((await select({ checksum: 'http://images/sums' }, files)).hex, sha256);
  });
}

test('takes a name literally whose percent sign encodes nothing', async () => {
  const files = { 'http://images/sums': `${sha256}  100%.raw\n${sha512}  other\n` };
  const info = { urls: ['http://images/100%.raw'], checksum: 'http://images/sums' };
  assert.equal((await select(info, files)).hex, sha256);
});

test('every algorithm it knows exists in this Node', async () => {
  const names = [
    'md5',
    'sha1',
    'sha224',
    'sha384',
    'sha3_224',
    'sha3_256',
    'sha3_384',
    'sha3_512',
    'blake2b',
    'blake2s',
  ];
  const nodeNames = [
    'md5',
    'sha1',
    'sha224',
    'sha384',
    'sha3-224',
    'sha3-256',
    'sha3-384',
    'sha3-512',
    'blake2b512',
    'blake2s256',
  ];
  for (const [index, name] of names.entries()) {
    const hex = createHash(nodeNames[index] ?? '')
      .update('')
      .digest('hex');
    assert.deepEqual(await select({ os_hash_algo: name, os_hash_value: hex }), { algorithm: nodeNames[index], hex });
  }
});

for (const [name, info] of Object.entries({
  'no checksum at all': {},
  'an unknown algorithm alone': { os_hash_algo: 'crc32', os_hash_value: '00000000' },
  'a name of Object.prototype as algorithm': { os_hash_algo: 'constructor', os_hash_value: 'x' },
  'a SHA-1 as checksum': { checksum: 'a'.repeat(40) },
  'a checksum that is no hex': { checksum: 'z'.repeat(64) },
  'a digest that does not fit its algorithm': { os_hash_algo: 'sha512', os_hash_value: sha256 },
})) {
  test(`refuses ${name}`, async () => {
    await assert.rejects(select(info), (error) => {
      assert.ok(error instanceof AgentError);
      assert.equal(error.kind.type, 'InvalidCommandParamsError');
      return true;
    });
  });
}

test('refuses MD5 unless it is enabled, wherever it comes from', async () => {
  const files = { 'http://images/sum': md5 };
  for (const info of [
    { checksum: md5 },
    { checksum: 'http://images/sum' },
    { os_hash_algo: 'md5', os_hash_value: md5 },
  ]) {
    await assert.rejects(select(info, files, false), /MD5 is not enabled/);
    assert.equal((await select(info, files)).hex, md5);
  }
});
