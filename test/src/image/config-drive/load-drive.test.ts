import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { AgentError } from '../../../../src/errors/agent-error.ts';
import { DeploymentError, InvalidCommandParamsError } from '../../../../src/errors/catalogue.ts';
import { type DriveRequest, loadConfigDrive } from '../../../../src/image/config-drive/load-drive.ts';
import { imageTransferOptions } from '../../../../src/image/http/image-transfer-options.ts';
import type { RemoteOptions } from '../../../../src/image/http/remote-options.ts';
import type { ImageInfo } from '../../../../src/image/request/image-info.ts';
import { asText, isoImage } from '../../../support/config-drive.ts';
import { createImageServer, type ImageServer } from '../../../support/image-server.ts';
import { createJobContext } from '../../../support/job-context.ts';

let server: ImageServer;
let other: ImageServer;
let iso: Uint8Array;

before(async () => {
  server = await createImageServer();
  other = await createImageServer();
  iso = await isoImage();
});

after(() => server[Symbol.asyncDispose]());
after(() => other[Symbol.asyncDispose]());

const authorization = 'Basic Y2FuYXJ5OmNhbmFyeQ==';
const info = {
  id: 'disk.raw',
  proxies: { http: null, https: null },
  noProxy: null,
  auth: { strategy: null, user: null, password: null, authorization: Buffer.from(authorization).toString('base64') },
} as unknown as ImageInfo;

const context = createJobContext({ devices: [], config: { imageDownloadConnectionTimeoutSeconds: 1 } });
const optionsWith = (changes: Partial<RemoteOptions> = {}): RemoteOptions => ({
  ...imageTransferOptions(info, context),
  ...changes,
});
const request = (changes: Partial<DriveRequest> = {}): DriveRequest => ({
  imageUrls: [`${server.origin}/disk.raw`],
  sectorBytes: 512,
  rebuild: false,
  ...changes,
});
const load = (given: string | object) => loadConfigDrive(given, request(), optionsWith());
const same = (actual: Uint8Array, expected: Uint8Array): void => assert.equal(Buffer.compare(actual, expected), 0);

async function failure(loading: Promise<unknown>): Promise<AgentError> {
  const error = await loading.then(
    () => assert.fail('it was accepted'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AgentError, String(error));
  const everything = `${error.stack} ${error.details} ${JSON.stringify(context.entries)} ${String(error.cause)}`;
  assert.doesNotMatch(everything, /canary|Y2FuYXJ5/);
  return error;
}

describe('a config drive', () => {
  it('is taken from the command', async () => {
    same(await load(asText(iso)), iso);
  });

  it('is fetched as base64 of gzip, as gzip and as it is', async () => {
    for (const body of [Buffer.from(asText(iso)), gzipSync(iso), iso]) {
      same(await load(server.serve('/drive', body, { framing: 'chunked' })), iso);
    }
  });

  it('is fetched again when the server breaks off or is not ready', async () => {
    for (const behaviour of [{ cutAfter: 1000 }, { endAfter: 1000 }, { status: 503 }, { stallAfter: 1000 }]) {
      same(await load(server.serve('/breaks', gzipSync(iso), { ...behaviour, times: 1 })), iso);
    }
  });

  it('takes the credentials of the image to the server of the image, and to no other', async () => {
    same(await load(server.serve('/drive', iso)), iso);
    assert.equal(server.seen.at(-1)?.headers.authorization, authorization);
    same(await load(other.serve('/drive', iso)), iso);
    assert.equal(other.seen.at(-1)?.headers.authorization, undefined);
    const moved = server.serve('/moved', '', { status: 302, headers: { location: `${other.origin}/drive` } });
    same(await load(moved), iso);
    assert.equal(other.seen.at(-1)?.headers.authorization, undefined);
    const withUser = other.serve('/drive', iso).replace('http://', 'http://canary:canary@');
    same(await load(withUser), iso);
    assert.equal(other.seen.at(-1)?.headers.authorization, authorization);
  });

  it('is refused when the server does not give it, without a word of its address that is secret', async () => {
    const refused = server.serve('/refused', '', { status: 403 }).replace('http://', 'http://user:canary@');
    const error = await failure(load(`${refused}?sig=canary`));
    assert.ok(error instanceof DeploymentError);
    assert.match(
      error.details,
      /^Download of the config drive failed: http:\/\/127\.0\.0\.1:\d+\/refused\?\.\.\.: status 403/,
    );
  });

  it('is refused when it is too large, wherever the server says so', async () => {
    const large = new Uint8Array(64 * 1024 * 1024 + 1);
    for (const framing of ['length', 'chunked'] as const) {
      const error = await failure(load(server.serve('/large', large, { framing })));
      assert.match(error.details, /longer than 67108864 bytes$/);
    }
  });

  it('is refused from an address that the agent must not read', async () => {
    const error = await failure(
      loadConfigDrive(
        server.serve('/drive', iso),
        request(),
        imageTransferOptions(info, { ...context, config: { ...context.config, imageAllowedNetworks: [] } }),
      ),
    );
    assert.match(error.details, /loopback/);
  });

  it('is refused when it is an object, or nothing that can be used, and none of it is told', async () => {
    assert.ok((await failure(load({ user_data: 'canary' }))) instanceof InvalidCommandParamsError);
    for (const given of ['canary', 'file:///etc/canary', asText(Buffer.from('canary')), '']) {
      const error = await failure(load(given));
      assert.ok(error instanceof DeploymentError);
      assert.match(error.details, /^The config drive cannot be used: /);
    }
    const page = await failure(load(server.serve('/page', Buffer.from('<p>canary</p>'))));
    assert.match(page.details, /^The config drive cannot be used: /);
  });

  it('comes as a FAT file system for a disk with sectors of 4096 bytes', async () => {
    const drive = await loadConfigDrive(asText(iso), request({ sectorBytes: 4096 }), optionsWith());
    assert.equal(Buffer.from(drive).readUInt16LE(11), 4096);
  });
});
