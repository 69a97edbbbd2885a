import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../../../../src/core/config.ts';
import { imageTransferOptions } from '../../../../src/image/http/image-transfer-options.ts';
import { imageInfoFromWire, imageInfoSchema } from '../../../../src/image/request/image-info.ts';
import { createJobContext } from '../../../support/job-context.ts';

async function optionsFor(info: object, config: Partial<Config> = {}) {
  const wire = { id: 'i', urls: ['http://images/i'], ...info };
  return imageTransferOptions(
    imageInfoFromWire(await imageInfoSchema.validateAsync(wire)),
    createJobContext({ devices: [], config }),
  );
}

test('proxies come from image_info, patience and rules from the configuration', async () => {
  const options = await optionsFor(
    { proxies: { http: 'http://proxy:3128', ftp: 'x' }, no_proxy: '.example.com' },
    {
      imageDownloadConnectionTimeoutSeconds: 7,
      imageDownloadConnectionRetries: 8,
      imageDownloadConnectionRetryIntervalSeconds: 9,
      imageAllowedNetworks: ['169.254.3.0/24'],
    },
  );
  const { timeoutSeconds, retries, intervalSeconds, proxies, noProxy, authorization, rules } = options;
  assert.deepEqual(
    { timeoutSeconds, retries, intervalSeconds, proxies, noProxy, authorization },
    {
      timeoutSeconds: 7,
      retries: 8,
      intervalSeconds: 9,
      proxies: { http: 'http://proxy:3128', https: null },
      noProxy: '.example.com',
      authorization: null,
    },
  );
  rules.check('169.254.3.1', '169.254.3.1');
  assert.throws(() => rules.check('127.0.0.1', '127.0.0.1'), /is loopback/);
});

test('credentials come from image_info', async () => {
  const info = { image_server_auth_strategy: 'http_basic', image_server_user: 'me', image_server_password: 'pw' };
  assert.equal((await optionsFor(info)).authorization, 'Basic bWU6cHc=');
});

test('certificates are read once for all connections', async () => {
  const options = await optionsFor({});
  assert.equal(await options.tls(), await options.tls());
});
