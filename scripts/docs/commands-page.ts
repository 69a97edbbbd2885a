import { commandCatalogue } from '../../src/commands/catalogue.ts';
import type { AnyCommand, Handling } from '../../src/core/command.ts';
import { code, pageHead, table } from './markdown.ts';
import { parameterTable } from './parameter-table.ts';

function handlingText(handling: Handling): string {
  switch (handling.kind) {
    case 'fixed':
      return `queue ${code(handling.queue)}, replay class ${code(handling.replay)}, progress in ${handling.progress}`;
    case 'as-step':
      return `queue, replay class and progress of the ${handling.process} step that it runs`;
  }
}

function section(command: AnyCommand): string {
  const facts = `${command.mode === 'sync' ? 'Synchronous' : 'Asynchronous'}; ${handlingText(command.handling)}; ${
    command.abortable ? 'can' : 'cannot'
  } be aborted.`;
  return `## ${command.name}\n\n${command.summary}\n\n${facts}\n\n${parameterTable(command.params)}\n`;
}

/** docs/commands.md */
export function commandsPage(): string {
  const commands = [...commandCatalogue.values()];
  const overview = table(
    ['Command', 'Answers', 'What it does'],
    commands.map(({ name, mode, summary }) => [code(name), mode === 'sync' ? 'with the result' : 'RUNNING', summary]),
  );
  return [pageHead('Commands', 'src/commands'), overview, '', ...commands.map(section)].join('\n');
}
