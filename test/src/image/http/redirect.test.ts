import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createAddressRules } from '../../../../src/image/http/address-rules.ts';
import { openRemoteImage } from '../../../../src/image/http/remote-image.ts';
import { createImageServer, type ImageServer } from '../../../support/image-server.ts';
import { readToEnd } from '../../../support/read-to-end.ts';
import { remoteOptions } from '../../../support/remote-options.ts';

const content = randomBytes(1_000_003);

const redirect = (server: ImageServer, location: string, path = '/image'): string =>
  server.serve(path, '', { status: 302, headers: { location } });

test('a redirect to an address that is refused ends it at once', async () => {
  await using server = await createImageServer();
  const only = remoteOptions({ rules: createAddressRules(['127.0.0.1/32']) });
  for (const [host, kind] of [
    ['127.0.0.2', 'loopback'],
    ['[::1]', 'loopback'],
    ['[::ffff:127.0.0.2]', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['169.254.169.254', 'a metadata service'],
    ['2130706434', 'loopback'],
    ['0x7f.2', 'loopback'],
  ] as const) {
    const location = `${server.origin.replace('127.0.0.1', host)}/image`;
    await assert.rejects(openRemoteImage([redirect(server, location)], only), (error: Error) => {
      assert.match(error.message, new RegExp(`/image: .* is ${kind}: refused unless image_allowed_networks has it$`));
      return true;
    });
  }
  assert.equal(server.seen.length, 7);
});

test('a name is judged by the address that it has when it is connected to', async () => {
  await using server = await createImageServer();
  const byName = server.serve('/image', content).replace('127.0.0.1', 'localhost');
  const none = remoteOptions({ rules: createAddressRules([]) });
  await assert.rejects(openRemoteImage([byName], none), /localhost is (127\.0\.0\.1|::1), which is loopback: refused/);
  assert.equal(server.seen.length, 0);
  await using image = await openRemoteImage([byName], remoteOptions());
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
});

test('a redirect is followed anew for every request', async () => {
  await using server = await createImageServer();
  server.serve('/signed', content, { etag: '"a"', endAfter: 400_000 });
  await using image = await openRemoteImage([redirect(server, '/signed?sig=1')], remoteOptions());
  assert.ok(content.equals(await readToEnd(await image.readFrom(0))));
  assert.deepEqual(
    server.seen.map(({ path, headers }) => [path, headers.range, headers['if-range']]),
    ['bytes=0-', 'bytes=400000-', 'bytes=800000-'].flatMap((range, index) => {
      const validator = index === 0 ? undefined : '"a"';
      return [
        ['/image', range, validator],
        ['/signed?sig=1', range, validator],
      ];
    }),
  );
});

test('neither a given authorization nor that of an address goes to another origin, and back it does', async () => {
  await using first = await createImageServer();
  await using other = await createImageServer();
  first.serve('/end', content);
  redirect(other, `${first.origin}/end`, '/middle');
  const start = redirect(first, `${other.origin.replace('//', '//x:y@')}/middle`);
  const authorization = `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
  for (const [address, options] of [
    [start, { authorization }],
    [start.replace('//', '//me:s3cret@'), {}],
  ] as const) {
    await using image = await openRemoteImage([address], remoteOptions(options));
    assert.equal(image.sizeBytes, content.length);
  }
  const sent = ({ seen }: ImageServer) => seen.map(({ headers }) => headers.authorization);
  assert.deepEqual(sent(first), Array(4).fill(authorization));
  assert.deepEqual(sent(other), [undefined, undefined]);
});

for (const location of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://', 'gopher:x']) {
  test(`a redirect to ${location} ends it at once`, async () => {
    await using server = await createImageServer();
    const opening = openRemoteImage([redirect(server, location)], remoteOptions({ intervalSeconds: 600 }));
    await assert.rejects(opening, /only http and https are read|address is not a URL/);
  });
}

test('an address that is no http address is refused before anything is asked', async () => {
  await assert.rejects(openRemoteImage(['file:///etc/passwd'], remoteOptions()), /scheme file, only http and https/);
  await assert.rejects(openRemoteImage([], remoteOptions()), /no address is given/);
});

test('a circle of redirects ends', async () => {
  await using server = await createImageServer();
  await assert.rejects(openRemoteImage([redirect(server, '/image')], remoteOptions()), /more than 10 redirects/);
  assert.equal(server.seen.length, 11);
});
