import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authFileText, parseContainerSource } from '../../../../src/image/bootc/container-source.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('the address of a container', () => {
  for (const [address, registry] of [
    ['oci://quay.io/centos-bootc/centos-bootc:stream9', 'quay.io'],
    ['oci://registry.example:5000/a/b', 'registry.example:5000'],
    [`docker://r.example/a@sha256:${'0'.repeat(64)}`, 'r.example'],
  ] as const) {
    it(`names registry and image: ${address}`, () => {
      assert.deepEqual(parseContainerSource(address), { registry, image: address.replace(/^\w+:\/\//, '') });
    });
  }

  for (const address of [
    '',
    'quay.io/a:b',
    'https://quay.io/a',
    'oci://quay.io',
    'oci://--privileged/a',
    'oci://a/b c',
    'oci://a/b:c\n',
    'oci://u:secret@r.example/a',
  ]) {
    it(`is refused when it is ${JSON.stringify(address)}, without credentials in the error`, () => {
      assert.throws(
        () => parseContainerSource(address),
        (error: Error) => error.name === 'InvalidCommandParamsError' && !error.message.includes('secret'),
      );
    });
  }
});

describe('the file with the credentials of a registry', () => {
  const expected = { auths: { 'r.example': { auth: base64('user:pass:word') } } };

  it('is for that registry only, whether the pair came in base64 once or twice', () => {
    assert.deepEqual(JSON.parse(authFileText(base64('user:pass:word'), 'r.example')), expected);
    assert.deepEqual(JSON.parse(authFileText(base64(base64('user:pass:word')), 'r.example')), expected);
  });

  it('is taken as it is when it came whole', () => {
    assert.equal(authFileText(base64('{"auths":{}}'), 'r.example'), '{"auths":{}}');
  });

  it('is not made of anything else, and the error tells nothing of it', () => {
    for (const secret of ['hush', base64('hush'), '%%%']) {
      assert.throws(
        () => authFileText(secret, 'r.example'),
        (error: Error) => error.name === 'InvalidCommandParamsError' && !error.message.includes('hush'),
      );
    }
  });
});
