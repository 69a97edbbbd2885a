import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageInfoFromWire, imageInfoSchema } from '../../../../src/image/request/image-info.ts';

const good = { id: 'disk.raw', urls: ['http://images/disk.raw'], checksum: 'x' };

test('takes what a conductor sends, with keys that nobody reads', () => {
  const sent = {
    ...good,
    disk_format: null,
    container_format: null,
    stream_raw_images: true,
    os_hash_algo: 'sha256',
    os_hash_value: 'abc',
    node_uuid: '92564e90-4cfd-4f4b-9732-daaf27927a9f',
    proxies: {},
  };
  const { value, error } = imageInfoSchema.validate(sent);
  assert.equal(error, undefined);
  const info = imageInfoFromWire(value);
  assert.equal(info.osHashValue, 'abc');
  assert.equal(info.diskFormat, null);
  assert.deepEqual(info.proxies, { http: null, https: null });
});

test('takes the sizes of a partition image, numbers or text, and misses none', () => {
  const sizes = { image_type: 'partition', root_mb: '2048', swap_mb: 0, ephemeral_mb: 10 };
  const parse = (change: object) => imageInfoFromWire(imageInfoSchema.validate({ ...good, ...sizes, ...change }).value);
  const { partitions } = parse({ preserve_ephemeral: true });
  assert.deepEqual([partitions?.rootMib, partitions?.ephemeralMib, partitions?.preserveEphemeral], [2048, 10, true]);
  assert.throws(() => parse({ swap_mb: null }), /partition image without swap_mb/);
});

const malformed: Readonly<Record<string, readonly [object, RegExp]>> = {
  'a missing id': [{ id: undefined }, /"id" is required/],
  'an id that is a number': [{ id: 5 }, /"id" must be a string/],
  'an empty id': [{ id: '' }, /"id" is not allowed to be empty/],
  'an id with a slash': [{ id: 'a/b' }, /"id" .*must not be a path/],
  'an id that climbs': [{ id: '..' }, /"id" .*must not be a path/],
  'an id with a zero byte': [{ id: 'a\0' }, /"id" .*must not be a path/],
  'an id of 256 characters': [{ id: 'a'.repeat(256) }, /"id" length must be/],
  'missing urls': [{ urls: undefined }, /"urls" is required/],
  'urls that are no list': [{ urls: 'http://images/disk.raw' }, /"urls" must be an array/],
  'an empty list of urls': [{ urls: [] }, /"urls" must contain at least 1/],
  'a url that is a number': [{ urls: [1] }, /"urls\[0\]" must be a string/],
  'a url of a file': [{ urls: ['file:///etc/passwd'] }, /"urls\[0\]" .*http or https/],
  'a url that is none': [{ urls: ['images/disk.raw'] }, /"urls\[0\]" .*http or https/],
  'a checksum that is a number': [{ checksum: 1 }, /"checksum" must be a string/],
  'an empty checksum': [{ checksum: '' }, /"checksum" is not allowed to be empty/],
  'an algorithm without a value': [{ os_hash_algo: 'sha256' }, /os_hash_algo.*os_hash_value/],
  'a value without an algorithm': [{ os_hash_value: 'abc', os_hash_algo: null }, /os_hash_value.*os_hash_algo/],
  'proxies that are a string': [{ proxies: 'http://proxy' }, /"proxies" must be of type object/],
  'a disk_format that is a list': [{ disk_format: ['raw'] }, /"disk_format" must be a string/],
};

for (const [name, [change, message]] of Object.entries(malformed)) {
  test(`refuses ${name}`, () => {
    const { error } = imageInfoSchema.validate({ ...good, ...change });
    assert.match(error?.message ?? 'no error', message);
  });
}
