import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';
import type { ReportedEvent } from './reported-event.ts';

type TestFail = Extract<TestEvent, { type: 'test:fail' }>['data'];
type TestPass = Extract<TestEvent, { type: 'test:pass' }>['data'];

/** The stack without the frames inside Node, which say nothing about the test. */
function describeError(data: TestFail): string {
  const { error } = data.details;
  const text = inspect(error.cause ?? error, { depth: 6, breakLength: 110 });
  const kept = text.split('\n').filter((line) => !/^\s+at .*\(?node:/.test(line));
  return kept.join('\n');
}

/** A suite or test that fails only since something within it failed was told of already. */
function isEcho(data: TestFail): boolean {
  return 'failureType' in data.details.error && data.details.error.failureType === 'subtestsFailed';
}

function passEvent(data: TestPass, name: string): ReportedEvent[] {
  const left = data.skip !== undefined || data.todo !== undefined;
  if (left) return [{ kind: 'skip', name }];
  return data.details.type === 'suite' ? [] : [{ kind: 'pass', name }];
}

function failEvent(data: TestFail, name: string): ReportedEvent[] {
  if (data.todo !== undefined) return [{ kind: 'skip', name }];
  return isEcho(data) ? [] : [{ kind: 'fail', name, error: describeError(data) }];
}

/** node:test tells of errors after the end of a test in a diagnostic, beside its counts; they only change the exit code. */
function strayEvent({ message }: Extract<TestEvent, { type: 'test:diagnostic' }>['data']): ReportedEvent[] {
  return message.startsWith('Error: ') ? [{ kind: 'stray', error: message }] : [];
}

/** `suite > test`, since names are unique only within their suite. */
function fullName(path: readonly string[], data: { readonly nesting: number; readonly name: string }): string {
  return [...path.slice(0, data.nesting), data.name].join(' > ');
}

/** Reporter of node:test that writes one JSON object a line, for the runner (run-file.ts) to read. */
// biome-ignore lint/style/noDefaultExport: node:test loads a reporter by its default export
export default async function* reportEvents(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const path: string[] = [];
  let pending = 0;
  const done = ({ nesting }: { readonly nesting: number }): ReportedEvent[] => {
    if (nesting === 0) pending -= 1;
    return nesting === 0 && pending === 0 ? [{ kind: 'idle' }] : [];
  };
  const translate = (event: TestEvent): readonly ReportedEvent[] => {
    if (event.type === 'test:enqueue' && event.data.nesting === 0) pending += 1;
    if (event.type === 'test:start') path.splice(event.data.nesting, Infinity, event.data.name);
    if (event.type === 'test:pass') return [...passEvent(event.data, fullName(path, event.data)), ...done(event.data)];
    if (event.type === 'test:fail') return [...failEvent(event.data, fullName(path, event.data)), ...done(event.data)];
    if (event.type === 'test:diagnostic') return strayEvent(event.data);
    return event.type === 'test:summary' ? [{ kind: 'end' }] : [];
  };
  for await (const event of source) {
    for (const each of translate(event)) yield `${JSON.stringify(each)}\n`;
  }
}
