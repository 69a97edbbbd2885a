import { kernelOnlyParameters } from '../../src/config/kernel-only.ts';
import { optionsWithoutEffect } from '../../src/config/no-effect.ts';
import { type OptionRow, optionRows } from '../../src/config/option-table.ts';
import { code, pageHead, table } from './markdown.ts';

function cells(row: OptionRow): string[] {
  return [
    code(row.name),
    row.flag === null ? '' : code(row.flag),
    row.kernelParameter === null ? '' : code(row.kernelParameter),
    code(row.environmentVariable),
    row.expected,
    row.default === null ? '' : code(row.default),
    `${row.help}${row.secret ? ' Secret: shown nowhere.' : ''}`,
  ];
}

/** docs/options.md */
export function optionsPage(): string {
  const rows = optionRows();
  const sections = [...Map.groupBy(rows, ({ group }) => group)].map(([group, members]) => {
    const head = ['Option', 'Flag', 'Kernel parameter', 'Environment', 'Value', 'Default', 'Meaning'];
    return `## [${group}]\n\n${table(head, members.map(cells))}\n`;
  });
  const intro =
    'The heading is the section of the INI file; names and defaults are those of ironic-python-agent where it has the option.';
  return [pageHead('Options', 'src/config/options'), intro, '', ...sections, kernelOnly(), withoutEffect()].join('\n');
}

function kernelOnly(): string {
  const rows = Object.values(kernelOnlyParameters).map(({ name, help }) => [code(name), help]);
  return `## Only on the kernel command line\n\n${table(['Kernel parameter', 'Meaning'], rows)}\n`;
}

function withoutEffect(): string {
  const rows = optionsWithoutEffect.map(({ option, kernelParameter, reason }) => [
    option === null ? '' : code(`[${option.group}] ${option.name}`),
    kernelParameter === null ? '' : code(kernelParameter),
    reason,
  ]);
  const intro =
    'Accepted, since they are known to ironic-python-agent; a warning says that they have no effect, and why.';
  return `## Without effect\n\n${intro}\n\n${table(['Option', 'Kernel parameter', 'Why'], rows)}\n`;
}
