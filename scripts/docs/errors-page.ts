import type { ErrorKind } from '../../src/errors/agent-error.ts';
import { errorCatalogue } from '../../src/errors/catalogue.ts';
import { code, pageHead, table } from './markdown.ts';

const retryText = { never: 'no', safe: 'yes' } as const satisfies Record<ErrorKind['retry'], string>;

/** docs/errors.md */
export function errorsPage(): string {
  const rows = [...errorCatalogue.values()].map(({ kind }) => [
    code(kind.type),
    String(kind.code),
    kind.message,
    retryText[kind.retry],
  ]);
  const intro = 'The `type`, `code` and `message` of `command_error`; `details` says what happened to what.';
  const body = table(['Type', 'Code', 'Message', 'The same again may help'], rows);
  return [pageHead('Errors', 'src/errors/catalogue.ts'), intro, '', body, ''].join('\n');
}
