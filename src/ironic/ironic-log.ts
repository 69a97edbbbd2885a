type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Where the conversation with Ironic is told; a pino logger is one. */
export interface IronicLog {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}
