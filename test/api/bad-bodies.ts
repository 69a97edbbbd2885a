import { gzipSync } from 'node:zlib';
import { type BadRequest, bodyRow } from './bad-request.ts';

const undecodable = [400, /^400 Bad Request: Failed to decode JSON object: ./] as const;
const incomplete = [400, /^400 Bad Request: Missing or invalid name or params$/] as const;
const tooDeep = [400, /^400 Bad Request: Failed to decode JSON object: nested deeper than 64 levels$/] as const;
const prototypeKey = [400, /the key '__proto__' is not permitted$/] as const;

const good = '{"name": "standby.get_partition_uuids", "params": {}}';

function nested(opening: string, inside: string, closing: string, levels: number): string {
  return opening.repeat(levels) + inside + closing.repeat(levels);
}

function withParams(params: string | Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('{"name": "standby.get_partition_uuids", "params": '),
    Buffer.from(params),
    Buffer.from('}'),
  ]);
}

/** Bodies that are no JSON, or not what a command looks like. */
export const badBodies: readonly BadRequest[] = [
  bodyRow('an empty body', '', undecodable),
  bodyRow('blanks', ' \n\t ', undecodable),
  bodyRow('an object that was cut off', good.slice(0, -1), undecodable),
  bodyRow('a text that was cut off', '{"name": "standby.get_part', undecodable),
  bodyRow('a backslash at the end', '{"name": "\\', undecodable),
  bodyRow('two objects', good + good, undecodable),
  bodyRow('closing brackets only', ']]]}}}', undecodable),
  bodyRow('a trailing comma', '{"name": "standby.get_partition_uuids", "params": {},}', undecodable),
  bodyRow('single quotes', "{'name': 'standby.get_partition_uuids', 'params': {}}", undecodable),
  bodyRow('a comment', `/* hello */ ${good}`, undecodable),
  bodyRow('NaN, as Python writes it', withParams('{"x": NaN}'), undecodable),
  bodyRow('Infinity, as Python writes it', withParams('{"x": Infinity}'), undecodable),
  bodyRow('a form', 'name=standby.get_partition_uuids&params={}', undecodable),
  bodyRow('XML', '<command><name>standby.sync</name></command>', undecodable),
  bodyRow('JSON under gzip', gzipSync(good), undecodable),
  bodyRow('UTF-16', Buffer.from(good, 'utf16le'), undecodable),
  bodyRow('a byte order mark', `\ufeff${good}`, undecodable),
  bodyRow('a byte that UTF-8 does not have', withParams(Buffer.from('{"x": "\xff"}', 'latin1')), undecodable),
  bodyRow('an overlong form in UTF-8', withParams(Buffer.from('{"x": "\xc0\xaf"}', 'latin1')), undecodable),
  bodyRow('half a character of UTF-8 at the end', Buffer.from([...Buffer.from(good), 0xe2, 0x82]), undecodable),
  bodyRow('a NUL before the object', `\0${good}`, undecodable),
  bodyRow('a NUL after the object', `${good}\0`, undecodable),
  bodyRow('a NUL inside a text', withParams('{"x": "a\0b"}'), undecodable),
  bodyRow('a line break inside a text', withParams('{"x": "a\nb"}'), undecodable),
  bodyRow('a number too large to be one', withParams('{"x": 1e400}'), undecodable),
  bodyRow('100,000 lists in each other', withParams(nested('[', '', ']', 100_000)), tooDeep),
  bodyRow('100,000 objects in each other', withParams(nested('{"a":', '1', '}', 100_000)), tooDeep),
  bodyRow('100,000 brackets that nobody closes', '['.repeat(100_000), tooDeep),
  bodyRow('65 levels', withParams(nested('[', '', ']', 64)), tooDeep),
  bodyRow('a key __proto__', '{"__proto__": {"name": "a.b", "params": {}}}', prototypeKey),
  bodyRow('a key __proto__ deep inside', withParams('{"a": [{"__proto__": {"isAdmin": true}}]}'), prototypeKey),
  bodyRow('a key __proto__ in escapes', withParams('{"\\u005f_proto__": {}}'), prototypeKey),
  bodyRow('a list', '[]', incomplete),
  bodyRow('a list with a command in it', `[${good}]`, incomplete),
  bodyRow('a number', '42', incomplete),
  bodyRow('a text', '"standby.get_partition_uuids"', incomplete),
  bodyRow('true', 'true', incomplete),
  bodyRow('null', 'null', incomplete),
  bodyRow('an empty object', '{}', incomplete),
  bodyRow('no params', '{"name": "standby.get_partition_uuids"}', incomplete),
  bodyRow('no name', '{"params": {}}', incomplete),
  bodyRow('a key in other letters', '{"Name": "standby.get_partition_uuids", "Params": {}}', incomplete),
];
