import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSecret, redactSecrets, redactText, redactUrl, secretKeys } from '../../../src/log/redact.ts';

describe('redactUrl', () => {
  for (const [text, expected] of [
    ['/v1/commands/?wait=true&agent_token=sesame', '/v1/commands/?wait=true&agent_token=***'],
    ['GET /v1/commands?agent_token=sesame&wait=false HTTP/1.1', 'GET /v1/commands?agent_token=***&wait=false HTTP/1.1'],
    ['http://user:pa%20ss@host:80/x', 'http://***@host:80/x'],
    ['http://user:p@ss@host/x', 'http://***@host/x'],
    ['https://token@host', 'https://***@host'],
    ['http://h/i.raw?temp_url_sig=ab12&temp_url_expires=5', 'http://h/i.raw?temp_url_sig=***&temp_url_expires=5'],
    [
      'https://s3/b?X-Amz-Date=1&X-Amz-Signature=ab&X-Amz-Credential=c#f',
      'https://s3/b?X-Amz-Date=1&X-Amz-Signature=***&X-Amz-Credential=***#f',
    ],
    ['https://blob/x?sv=1&sig=ab%2Bc', 'https://blob/x?sv=1&sig=***'],
    ['from http://a:b@c/ to ftp://d:e@f/', 'from http://***@c/ to ftp://***@f/'],
  ] as const) {
    it(`masks ${text}`, () => assert.equal(redactUrl(text), expected));
  }

  for (const text of [
    'http://host:8080/a@b?id=1',
    'http://[::1]:6385/v1/lookup?addresses=52:54:00:00:00:01',
    'mail to a@b',
    'ssh: git@host:path',
    '',
  ]) {
    it(`leaves ${JSON.stringify(text)} alone`, () => assert.equal(redactUrl(text), text));
  }
});

describe('redactText', () => {
  for (const [text, expected] of [
    ['Command line: quiet ipa-agent-token=sesame ipa-debug=1', 'Command line: quiet ipa-agent-token=*** ipa-debug=1'],
    ['agent_token = sesame', 'agent_token = ***'],
    ['IRONHAND_AGENT_TOKEN=sesame', 'IRONHAND_AGENT_TOKEN=***'],
    ['image_server_password = "open sesame" # x', 'image_server_password = *** # x'],
    ['{"msg": "password=\\"open sesame\\" given"}', '{"msg": "password=*** given"}'],
    ["token='open sesame", 'token=***'],
    ['AWS_SECRET_ACCESS_KEY=sesame client_secret=sesame', 'AWS_SECRET_ACCESS_KEY=*** client_secret=***'],
    ['Set-Cookie: session=sesame; path=/', 'Set-Cookie: ***'],
    ['{"agent_token": "sesame", "a": 1}', '{"agent_token": "***", "a": 1}'],
    ["{'rescue_password': 'sesame'}", "{'rescue_password': '***'}"],
    ['"{\\"configdrive\\": \\"H4sI\\"}"', '"{\\"configdrive\\": \\"***\\"}"'],
    ['Authorization: Basic c2VzYW1l', 'Authorization: Basic ***'],
  ] as const) {
    it(`masks ${text}`, () => assert.equal(redactText(text), expected));
  }

  it('leaves ordinary lines alone', () => {
    const text = 'sda: 2097152 512-byte logical blocks; tokens=5; agent_token_required: true';
    assert.equal(redactText(text), text);
  });
});

describe('isSecret', () => {
  it('goes by the key, whatever the value is', () => {
    assert.equal(isSecret('configdrive', { meta_data: {} }), true);
    assert.equal(isSecret('Authorization', 'Bearer x'), true);
    assert.equal(isSecret('checksum', 'sesame'), false);
  });

  it('goes by the value where that is a URL with a secret in it', () => {
    assert.equal(isSecret('urls', 'http://u:p@h/i'), true);
    assert.equal(isSecret('image_source', 'http://h/i?temp_url_sig=ab'), true);
    assert.equal(isSecret('image_source', 'http://h/i?x=ab'), false);
  });

  it('sees no secret where nothing is told', () => {
    assert.equal(isSecret('configdrive', null), false);
    assert.equal(isSecret('rescue_password', ''), false);
  });
});

/** Whatever a conductor sends, or an agent answers, that nobody else may see. */
const keysOnTheWire = [
  'agent_token',
  'agent_secret_token',
  'configdrive',
  'content',
  'image_request_authorization',
  'image_server_password',
  'oci_pull_secret',
  'password',
  'pull_secret',
  'rescue_password',
  'system_logs',
];

describe('redactSecrets', () => {
  it('knows every secret of the wire', () => {
    for (const key of keysOnTheWire) assert.equal(isSecret(key, 'sesame'), true, key);
  });

  it('masks every secret key at any depth', () => {
    for (const key of secretKeys) {
      const shown = JSON.stringify(redactSecrets({ a: [{ [key]: 'sesame', b: { [key]: { deep: 'sesame' } } }] }));
      assert.doesNotMatch(shown, /sesame/, key);
      assert.match(shown, /\*\*\*/, key);
    }
  });

  it('shows that a secret is missing', () => {
    assert.deepEqual(redactSecrets({ configdrive: null, agent_token: '' }), { configdrive: null, agent_token: '' });
  });

  it('masks secrets inside URLs in texts', () => {
    assert.deepEqual(redactSecrets({ urls: ['http://u:p@h/i'] }), { urls: ['http://***@h/i'] });
  });

  it('turns errors into plain objects and masks their message, stack and cause', () => {
    const error = new Error('GET http://u:sesame@h/', { cause: new Error('token: ?agent_token=sesame') });
    const shown = redactSecrets({ err: error }) as {
      err: { type: string; message: string; cause: { message: string } };
    };
    assert.equal(shown.err.type, 'Error');
    assert.equal(shown.err.message, 'GET http://***@h/');
    assert.equal(shown.err.cause.message, 'token: ?agent_token=***');
    assert.doesNotMatch(JSON.stringify(shown), /sesame/);
  });

  it('stays quick on long texts made to be slow', () => {
    const started = performance.now();
    const pieces = ['a.', 'a@', '://@', '?a', 'agent_', '"agent_token":', '\\\\'];
    for (const piece of pieces) redactSecrets(piece.repeat(200_000));
    assert.ok(performance.now() - started < 5_000);
  });

  it('does not change what it is given', () => {
    const given = Object.freeze({ agent_token: 'sesame', list: Object.freeze(['a']) });
    assert.deepEqual(redactSecrets(given), { agent_token: '***', list: ['a'] });
    assert.equal(given.agent_token, 'sesame');
  });

  it('cuts off what contains itself and what is too deep, and shows no bytes', () => {
    const ring: Record<string, unknown> = { bytes: Buffer.from('sesame') };
    ring.self = ring;
    assert.deepEqual(redactSecrets(ring), { bytes: '[6 bytes]', self: '[cut off]' });
    let deep: unknown = 'end';
    for (let level = 0; level < 100; level++) deep = { deep };
    assert.match(JSON.stringify(redactSecrets(deep)), /cut off/);
  });

  it('leaves numbers, truth values and null alone', () => {
    assert.deepEqual(redactSecrets([1, true, null, undefined]), [1, true, null, undefined]);
  });
});
