import { optionDeclarations } from '../../src/config/declarations.ts';
import { stepProcesses } from '../../src/core/ironic-node.ts';
import type { AnyStep } from '../../src/core/step.ts';
import { stepCatalogue } from '../../src/steps/catalogue.ts';
import { code, pageHead, table } from './markdown.ts';
import { parameterTable } from './parameter-table.ts';

function priorities(step: AnyStep): string[] {
  return stepProcesses.map((process) => {
    const priority = step.offer[process];
    if (priority === undefined) return 'not offered';
    return typeof priority === 'number' ? String(priority) : code(optionDeclarations[priority].name);
  });
}

function section(step: AnyStep): string {
  const facts = [
    `Interface ${code(step.interface)}`,
    `queue ${code(step.queue)}`,
    `replay class ${code(step.replay)}`,
    `progress in ${step.progress}`,
    `${step.abortable ? 'can' : 'cannot'} be aborted`,
    step.rebootRequested ? 'asks for a reboot afterwards' : 'asks for no reboot',
  ].join('; ');
  return `## ${step.name}\n\n${step.summary}\n\n${facts}.\n\n${parameterTable(step.args)}\n`;
}

/** docs/steps.md */
export function stepsPage(): string {
  const steps = [...stepCatalogue.values()];
  const overview = table(
    ['Step', ...stepProcesses.map((process) => `Priority (${process})`), 'What it does'],
    steps.map((step) => [code(step.name), ...priorities(step), step.summary]),
  );
  const note = 'Priority 0: runs only on request. A name instead of a number: the option that says it.';
  return [pageHead('Steps', 'src/steps'), overview, '', note, '', ...steps.map(section)].join('\n');
}
