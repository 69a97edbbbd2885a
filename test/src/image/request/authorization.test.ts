import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../../../../src/core/config.ts';
import { imageAuthorization } from '../../../../src/image/request/authorization.ts';
import { imageInfoFromWire, imageInfoSchema } from '../../../../src/image/request/image-info.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function authorization(info: object, config: Partial<Config> = {}): string | null {
  const { value } = imageInfoSchema.validate({ id: 'i', urls: ['http://i/i'], ...info });
  const defaults = { imageServerAuthStrategy: 'noauth', imageServerUser: null, imageServerPassword: null };
  return imageAuthorization(imageInfoFromWire(value), { ...defaults, ...config } as Config);
}

const configured = { imageServerAuthStrategy: 'http_basic', imageServerUser: 'a', imageServerPassword: 'b' };

test('sends nothing unless told to', () => assert.equal(authorization({}), null));

test('takes user and password from the configuration', () => {
  assert.equal(authorization({}, configured), `Basic ${base64('a:b')}`);
});

test('takes those of the image before those of the configuration', () => {
  const info = { image_server_auth_strategy: 'http_basic', image_server_user: 'c', image_server_password: 'd' };
  assert.equal(authorization(info, configured), `Basic ${base64('c:d')}`);
});

test('the image can switch it off', () => {
  assert.equal(authorization({ image_server_auth_strategy: 'noauth' }, configured), null);
});

test('takes a whole value before anything else', () => {
  assert.equal(authorization({ image_request_authorization: base64('Bearer xyz') }, configured), 'Bearer xyz');
});

test('refuses to log in without a password', () => {
  assert.throws(
    () => authorization({ image_server_auth_strategy: 'http_basic', image_server_user: 'c' }),
    /needs image_server_user and/,
  );
});

test('refuses a value that would be more than one header', () => {
  assert.throws(() => authorization({ image_request_authorization: base64('a\r\nHost: b') }), /no base64 of a header/);
});
