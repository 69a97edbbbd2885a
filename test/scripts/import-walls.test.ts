import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { projectRoot } from '../../scripts/check-stages.ts';
import { levels, walls } from '../../scripts/import-walls.ts';

interface Case {
  /** Name of the test that it belongs to. */
  readonly rule: string;
  readonly folder: string;
  readonly code: string;
  /** Text that the complaint must contain; null where there must be none. */
  readonly complaint: string | null;
}

const folders = levels.flatMap(({ folders }, level) => folders.map((folder) => ({ folder, level })));

/** From a file one level below `folder`, as `src/core/sample/case.ts` sees `src/steps/thing.ts`. */
function importOf(from: string, target: string): string {
  return `import { thing } from '${path.relative(`${from}/sample`, `${target}/thing.ts`)}';\nthing();`;
}

function levelCases(): Case[] {
  return folders.flatMap(({ folder, level }) =>
    folders
      .filter((target) => target.folder !== folder && target.level !== level)
      .filter((target) => !(folder === 'api' && target.folder === 'src/tools'))
      .map((target) => ({
        rule: `${folder} imports from its own level and from those below`,
        folder,
        code: importOf(folder, target.folder),
        complaint: target.level > level ? `Imports point down only: ${levels[level]?.reason}` : null,
      })),
  );
}

function moduleCases(): Case[] {
  return folders.flatMap(({ folder }) =>
    walls.flatMap(({ modules, onlyIn, reason }) =>
      modules
        .filter((name) => name !== 'child_process') // another rule wants node: in front of it
        .map((name) => ({
          rule: `${modules.join(', ')}: only in ${onlyIn.join(', ')}`,
          folder,
          code: `import { thing } from '${name}';\nthing();`,
          complaint: onlyIn.includes(folder) ? null : reason,
        })),
    ),
  );
}

const others: readonly Omit<Case, 'rule'>[] = [
  { folder: 'api', code: importOf('api', 'workers'), complaint: 'a crash in one cannot take down the other' },
  { folder: 'workers', code: importOf('workers', 'api'), complaint: 'a crash in one cannot take down the other' },
  { folder: 'api', code: importOf('api', 'src/tools'), complaint: 'api cannot spawn a process' },
  { folder: 'src/image', code: importOf('src/image', 'test/support'), complaint: 'Shipped code never imports test' },
  { folder: 'workers', code: importOf('workers', 'scripts'), complaint: 'Shipped code never imports test' },
  { folder: 'test', code: importOf('test', 'src/tools'), complaint: null },
  // the ways around an import declaration
  {
    folder: 'src/core',
    code: `export const x = await import('../../steps/thing.ts');`,
    complaint: 'Imports point down',
  },
  {
    folder: 'src/core',
    code: `import type { T } from '../../steps/thing.ts';\nexport type U = T;`,
    complaint: 'Imports point down',
  },
  { folder: 'src/boot', code: `import { thing } from 'bullmq/dist/thing.js';\nthing();`, complaint: 'know BullMQ' },
  // the environment and the kernel command line
  { folder: 'src/storage', code: 'export const home = process.env.HOME;', complaint: 'process.env' },
  {
    folder: 'src/storage',
    code: `import { env } from 'node:process';\nexport const home = env.HOME;`,
    complaint: 'Only src/config reads the environment',
  },
  { folder: 'src/config', code: 'export const home = process.env.HOME;', complaint: null },
  {
    folder: 'workers',
    code: `export const file = '/proc/cmdline';`,
    complaint: 'Only src/config reads the kernel command line',
  },
  { folder: 'src/config', code: `export const file = '/proc/cmdline';`, complaint: null },
  // the rest of the house rules that keep walls visible
  { folder: 'api', code: `console.log('here');`, complaint: 'console' },
  { folder: 'workers', code: `console.log('here');`, complaint: 'console' },
  { folder: 'scripts', code: `console.log('here');`, complaint: null },
  { folder: 'src/steps', code: `export * from './thing.ts';`, complaint: 'barrel' },
];

suite('import walls', () => {
  const single = others.map((each) => {
    const what = `${each.folder} ${each.complaint === null ? 'may' : 'may not'} say: ${each.code.split('\n')[0]}`;
    return { ...each, rule: what };
  });
  const cases = [...levelCases(), ...moduleCases(), ...single];
  const complaints = new Map<string, string[]>();
  let directory = '';

  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'walls-'));
    for (const file of ['biome.json', 'biome.walls.json', 'package.json', 'scripts/lint']) {
      cpSync(path.join(projectRoot, file), path.join(directory, file), { recursive: true });
    }
    for (const [index, { folder, code }] of cases.entries()) {
      mkdirSync(path.join(directory, folder, 'sample'), { recursive: true });
      writeFileSync(path.join(directory, folder, 'sample', `case-${index}.ts`), `${code}\n`);
    }
    symlinkSync(path.join(projectRoot, 'node_modules'), path.join(directory, 'node_modules'));
    const args = ['lint', '--max-diagnostics=none', '--error-on-warnings', '--reporter=github'];
    const biome = path.join(projectRoot, 'node_modules/.bin/biome');
    const { stdout } = spawnSync(biome, args, { cwd: directory, encoding: 'utf8', maxBuffer: 1 << 26 });
    for (const line of stdout.split('\n')) {
      const index = /\/case-(\d+)\.ts/.exec(line)?.[1];
      if (index !== undefined) complaints.set(index, [...(complaints.get(index) ?? []), line]);
    }
  });
  after(() => rmSync(directory, { recursive: true }));

  for (const [rule, group] of Map.groupBy(cases.entries(), ([, each]) => each.rule)) {
    test(rule, () => {
      for (const [index, { folder, code, complaint }] of group) {
        const said = complaints.get(String(index)) ?? [];
        const fits = complaint === null ? said.length === 0 : said.some((line) => line.includes(complaint));
        assert.ok(
          fits,
          `${code} in ${folder}: expected ${complaint ?? 'no complaint'}, got: ${said.join('; ') || 'none'}`,
        );
      }
    });
  }
});
