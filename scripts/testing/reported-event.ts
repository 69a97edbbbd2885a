/** What the runner wants to know of one test file; the reporter writes one line of JSON each. */
export type ReportedEvent =
  | { readonly kind: 'pass' | 'skip'; readonly name: string }
  | { readonly kind: 'fail'; readonly name: string; readonly error: string }
  /** Something was thrown when no test was there any more that could fail by it. */
  | { readonly kind: 'stray'; readonly error: string }
  /** No test is under way or waiting; more may come. */
  | { readonly kind: 'idle' }
  /** All tests and hooks of the file came to their end. */
  | { readonly kind: 'end' };

/** Reads what the reporter wrote; a last line that was cut off by a kill is left out. */
export function parseReport(text: string): ReportedEvent[] {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ReportedEvent);
}
