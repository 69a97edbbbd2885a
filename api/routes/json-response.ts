import type { ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { asciiJson } from '../../src/core/ascii-json.ts';
import type { JsonStream } from '../command-answer.ts';

/** JSON as the contract has it: one line, ASCII, no charset. */
export function json(h: ResponseToolkit, value: unknown): ResponseObject {
  return jsonText(h, asciiJson(value));
}

/** JSON that is text already. */
export function jsonText(h: ResponseToolkit, text: string | Buffer): ResponseObject {
  const response = h.response(text).type('application/json');
  response.charset('');
  return response;
}

/** JSON that is read while it is sent. */
export function jsonStream(h: ResponseToolkit, { stream, bytes }: JsonStream): ResponseObject {
  const response = h.response(stream).type('application/json').bytes(bytes);
  response.charset('');
  return response;
}
