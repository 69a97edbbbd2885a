/** Something that tells how the machine is: one member of the archive. */
export interface LogSource {
  readonly member: string;
  /** Its longest share of the archive. */
  readonly limitBytes: number;
  readonly timeoutSeconds: number;
  /** Entries come newest first, so that those stay when it is cut; in the archive they are in the order of time. */
  readonly newestFirst?: true;
  open(): OpenLog;
}

/** A source that is being read. */
export interface OpenLog {
  /** Text in pieces of any size; throws when it cannot be had, also after some of it has come. */
  readonly chunks: AsyncIterable<Buffer>;
  /** No more is wanted. */
  stop(why: string): void;
}

/** A source that has its text at once. */
export function textSource(member: string, limitBytes: number, read: () => Promise<string>): LogSource {
  async function* chunks(): AsyncGenerator<Buffer, void> {
    yield Buffer.from(await read());
  }
  return { member, limitBytes, timeoutSeconds: 10, open: () => ({ chunks: chunks(), stop: () => undefined }) };
}
