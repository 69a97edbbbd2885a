import { type BadRequest, rawRow } from './bad-request.ts';

const noToken = [401, /^401 Unauthorized: Token invalid\.$/] as const;
const notFound = [404, /^404 Not Found: ./] as const;
const notAllowed = [405, /^405 Method Not Allowed: ./] as const;
const badRequest = [400, /^400 Bad Request: ./] as const;
/** Refused before it is a request: there is no body then. */
const noRequest = [400, /^(0|400 Bad Request: Bad Request)?$/] as const;
const noSuchCommand = [404, /^Not found: Command Result with id .{1,100} not found\.$/] as const;
const body = '{"name": "standby.get_partition_uuids", "params": {}}';
const withToken = '/v1/commands/?agent_token=TOKEN';

const post = (target: string, headers: readonly string[] = [], text = body) =>
  ({ method: 'POST', target, headers, body: text }) as const;

/** Who does not have the token, or not where it belongs. */
const tokens: readonly BadRequest[] = [
  rawRow('no token', post('/v1/commands/'), noToken),
  rawRow('no token and no body', post('/v1/commands/', [], ''), noToken),
  rawRow('an empty token', post('/v1/commands/?agent_token='), noToken),
  rawRow('a token without a value', post('/v1/commands/?agent_token'), noToken),
  rawRow('a wrong token', post('/v1/commands/?agent_token=wrong'), noToken),
  rawRow('the token cut off', post('/v1/commands/?agent_token=aBcDefGh0123456'), noToken),
  rawRow('the token and more', post('/v1/commands/?agent_token=TOKEN7'), noToken),
  rawRow('the token and a NUL', post('/v1/commands/?agent_token=TOKEN%00'), noToken),
  rawRow('the token and a blank', post('/v1/commands/?agent_token=TOKEN%20'), noToken),
  rawRow('the token in small letters', post('/v1/commands/?agent_token=abcdefgh01234567'), noToken),
  rawRow('the token twice', post('/v1/commands/?agent_token=TOKEN&agent_token=TOKEN'), noToken),
  rawRow('a wrong token and the right one', post('/v1/commands/?agent_token=wrong&agent_token=TOKEN'), noToken),
  rawRow('the token in a list', post('/v1/commands/?agent_token[]=TOKEN'), noToken),
  rawRow('the token in an object', post('/v1/commands/?agent_token[a]=TOKEN'), noToken),
  rawRow('the token under another name', post('/v1/commands/?Agent_Token=TOKEN'), noToken),
  rawRow('the token in a header', post('/v1/commands/', ['x-auth-token: TOKEN', 'agent_token: TOKEN']), noToken),
  rawRow('the token as a bearer', post('/v1/commands/', ['authorization: Bearer TOKEN']), noToken),
  rawRow('the token in a cookie', post('/v1/commands/', ['cookie: agent_token=TOKEN']), noToken),
  rawRow(
    'the token in the body',
    post('/v1/commands/', [], '{"name": "standby.sync", "params": {}, "agent_token": "TOKEN"}'),
    noToken,
  ),
  rawRow('the token after the fragment', post('/v1/commands/#?agent_token=TOKEN'), noToken),
  rawRow('a wrong token and a bad body', post('/v1/commands/?agent_token=wrong', [], '{'), noToken),
  rawRow('a list that is read without a token', { target: '/v1/commands/' }, noToken),
  rawRow('a command that is read without a token', { target: '/v1/commands/1' }, noToken),
  rawRow('a log that is read without a token', { target: '/v1/commands/1/log' }, noToken),
  rawRow('a method in a header', post('/v1/commands/', ['x-http-method-override: GET']), noToken),
  rawRow('a body that is announced and held back', huge('/v1/commands/', 200 << 20), noToken),
];

/** Where nothing is, or with a method that is not served. */
const places: readonly BadRequest[] = [
  rawRow('a path that climbs', { target: '/v1/commands/../../../etc/passwd?agent_token=TOKEN' }, notFound),
  rawRow('an id with slashes in escapes', id('..%2f..%2f..%2fetc%2fpasswd'), noSuchCommand),
  rawRow('an id with a backslash', id('..%5c..%5cetc'), noSuchCommand),
  rawRow('an id with a NUL', id('%00'), noSuchCommand),
  rawRow('an id of 8,000 characters', id('x'.repeat(8000)), noSuchCommand),
  rawRow('an id that every object has', id('__proto__'), noSuchCommand),
  rawRow('an id of a star', id('*'), noSuchCommand),
  rawRow('an escape that is none', id('%zz'), badRequest),
  rawRow('an escape that is no UTF-8', id('%e0%a4'), badRequest),
  rawRow('the log of nobody', id('x/log'), noSuchCommand),
  rawRow('two slashes', { target: '//v1/commands/?agent_token=TOKEN' }, notFound),
  rawRow('another version', { target: '/v2/commands/?agent_token=TOKEN' }, notFound),
  rawRow('a file of the program', { target: '/package.json' }, notFound),
  rawRow('a list that is deleted', { method: 'DELETE', target: withToken }, notAllowed),
  rawRow('a list that is put', { method: 'PUT', target: withToken, body }, notAllowed),
  rawRow('a command that is put', { method: 'PUT', target: '/v1/commands/x?agent_token=TOKEN', body }, notAllowed),
  rawRow('a trace', { method: 'TRACE', target: withToken }, notAllowed),
];

/** What the grammar of HTTP does not have, and what is too much. */
const grammar: readonly BadRequest[] = [
  rawRow('a method that nobody knows', { method: 'FROB', target: withToken }, noRequest),
  rawRow('a method in small letters', { method: 'get', target: withToken }, noRequest),
  rawRow('no host', 'GET /v1/status HTTP/1.1\r\nconnection: close\r\n\r\n', noRequest),
  rawRow('no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', noRequest),
  rawRow('HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', noRequest),
  rawRow('a blank in the target', { target: '/v1/commands/ x?agent_token=TOKEN' }, noRequest),
  rawRow('a header with a blank in its name', { target: withToken, headers: ['x y: 1'] }, noRequest),
  rawRow('headers of 64 KiB', { target: withToken, headers: [`x: ${'y'.repeat(65_536)}`] }, noRequest),
  rawRow('a target of 64 KiB', { target: `${withToken}&x=${'y'.repeat(65_536)}` }, noRequest),
  rawRow('a length that is no number', announced('content-length: many'), noRequest),
  rawRow('a length below zero', announced('content-length: -1'), noRequest),
  rawRow('two lengths', announced('content-length: 53', 'content-length: 5'), noRequest),
  rawRow('a length and chunks', announced('content-length: 53', 'transfer-encoding: chunked'), noRequest),
  rawRow('chunks that are none', announced('transfer-encoding: chunked'), noRequest),
  rawRow('a body in an encoding that is not read', post(withToken, ['content-encoding: gzip'], '\x1f\x8b\x08'), [
    400,
    /^400 Bad Request: Failed to decode JSON object: ./,
  ]),
];

function id(text: string) {
  return { target: `/v1/commands/${text}?agent_token=TOKEN` };
}

/** A POST that announces so many bytes and sends none. */
function huge(target: string, bytes: number): string {
  return `POST ${target} HTTP/1.1\r\nhost: agent\r\ncontent-length: ${bytes}\r\n\r\n`;
}

function announced(...headers: readonly string[]): string {
  return `POST ${withToken} HTTP/1.1\r\nhost: agent\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}

/** Requests that are refused by their head. */
export const badHeads: readonly BadRequest[] = [...tokens, ...places, ...grammar];
