import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransferError } from '../../../../src/image/http/transfer-error.ts';
import { fileFromWire } from '../../../../src/image/inject-files/file-request.ts';
import { InjectionError } from '../../../../src/image/inject-files/injection-error.ts';
import { loadContent } from '../../../../src/image/inject-files/load-contents.ts';
import { createImageServer } from '../../../support/image-server.ts';
import { remoteOptions } from '../../../support/remote-options.ts';

const values = { node: { uuid: 'u' }, ports: [] };

async function load(content: string, maximumBytes = 100): Promise<Uint8Array | null> {
  const file = fileFromWire({ path: '/etc/a', content });
  return (await loadContent(file, values, remoteOptions(), maximumBytes)).bytes;
}

describe('the content of a file', () => {
  it('is what the base64 says', async () => {
    assert.deepEqual(await load('aGVsbG8='), Buffer.from('hello'));
    assert.deepEqual(await load(''), Buffer.alloc(0));
  });

  it('is nothing where the file is to be deleted', async () => {
    const file = fileFromWire({ path: '/etc/a', deleted: true });
    assert.equal((await loadContent(file, values, remoteOptions(), 0)).bytes, null);
  });

  it('is refused where it is nonsense, without being told', async () => {
    for (const nonsense of ['canary!', 'canary', 'http:/canary']) {
      await assert.rejects(load(nonsense), (error) => {
        assert.ok(error instanceof InjectionError);
        assert.match(error.message, /neither well-formed base64 nor an address/);
        assert.doesNotMatch(error.message, /canary/);
        return true;
      });
    }
  });

  it('may have what is left of the bytes of a step, and not one more', async () => {
    const bytes = Buffer.alloc(100);
    assert.equal((await load(bytes.toString('base64')))?.length, 100);
    await assert.rejects(load(Buffer.alloc(101).toString('base64')), /has 101 bytes, where 100 are left/);
    await using server = await createImageServer();
    assert.equal((await load(server.serve('/fits', bytes)))?.length, 100);
    await assert.rejects(load(server.serve('/large', Buffer.alloc(101))), /longer than 100 bytes/);
    const endless = server.serve('/endless', Buffer.alloc(1 << 20), { framing: 'chunked' });
    await assert.rejects(load(endless), TransferError);
  });

  it('comes from addresses of http servers that may be asked only', async () => {
    await assert.rejects(load('ftp://h/x'), /only http and https are read/);
    await assert.rejects(load('http://169.254.169.254/latest'), /metadata service/);
  });
});
