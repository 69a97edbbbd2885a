import { parseResponseHead, type ResponseHead } from './response-head.ts';
import type { SocketReader } from './socket-reader.ts';
import { TransferError } from './transfer-error.ts';

const maximumHeadBytes = 64 * 1024;
/** Interim answers (1xx) that are skipped before the patience ends. */
const maximumInterim = 20;

/** Reads to the end of the head of the final answer; throws TransferError. */
export async function readHead(reader: SocketReader): Promise<ResponseHead> {
  for (let interim = 0; interim <= maximumInterim; interim += 1) {
    const head = parseResponseHead(await readHeadText(reader));
    if (head.status >= 200) return head;
  }
  throw new TransferError(`more than ${maximumInterim} interim answers`, { passing: false });
}

async function readHeadText(reader: SocketReader): Promise<string> {
  for (;;) {
    const waiting = reader.waiting();
    const end = waiting.indexOf('\r\n\r\n');
    if (end >= 0) {
      reader.take(end + 4);
      return waiting.toString('latin1', 0, end);
    }
    if (waiting.length > maximumHeadBytes) throw new TransferError('response head is too long', { passing: false });
    if ((await reader.more()) === null) {
      throw new TransferError('connection ended without an answer', { passing: true });
    }
  }
}
