/** Writes all that derives from declarations. `--check` writes nothing and fails for a file that is not current. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './check-stages.ts';
import { commandsPage } from './docs/commands-page.ts';
import { compatibilityPage } from './docs/compatibility-page.ts';
import { errorsPage } from './docs/errors-page.ts';
import { hardeningPage } from './docs/hardening-page.ts';
import { openApiDocument } from './docs/openapi.ts';
import { optionsPage } from './docs/options-page.ts';
import { ramdiskSizesPage } from './docs/ramdisk-sizes-page.ts';
import { stepsPage } from './docs/steps-page.ts';
import { wallConfiguration } from './import-walls.ts';

const files: Readonly<Record<string, () => string>> = {
  'biome.walls.json': () => json(wallConfiguration()),
  'docs/commands.md': commandsPage,
  'docs/steps.md': stepsPage,
  'docs/options.md': optionsPage,
  'docs/errors.md': errorsPage,
  'docs/compatibility.md': compatibilityPage,
  'docs/hardening.md': hardeningPage,
  'docs/ramdisk-sizes.md': ramdiskSizesPage,
  'docs/openapi.json': () => json(openApiDocument()),
};

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function isCurrent(file: string, content: string): boolean {
  try {
    return readFileSync(file, 'utf8') === content;
  } catch {
    return false; // not there, or unreadable: to be written
  }
}

const stale = Object.entries(files)
  .map(([name, render]) => ({ name, file: path.join(projectRoot, name), content: render() }))
  .filter(({ file, content }) => !isCurrent(file, content));

if (process.argv.includes('--check')) {
  for (const { name } of stale) console.log(`${name} is not current: run \`npm run generate\``);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { name, file, content } of stale) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    console.log(`wrote ${name}`);
  }
}
