import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { projectRoot } from '../../scripts/check-stages.ts';
import { optionRows } from '../../src/config/option-table.ts';
import { fencedBlocks, prose, readPage } from '../support/markdown.ts';

const generated = ['docs/commands.md', 'docs/steps.md', 'docs/options.md', 'docs/errors.md'];
const decisions = globSync('docs/adr/*.md', { cwd: projectRoot }).sort();
const written = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/erase-certificates.md',
  'docs/inject-files.md',
  ...decisions,
];
const { scripts, version } = JSON.parse(readPage('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly version: string;
};

const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? '');

const isThere = (file: string): boolean => existsSync(path.join(projectRoot, file));

/** Files and folders of the project, as pages name them: in backticks, from the project folder. */
function namedFiles(page: string): readonly string[] {
  const spans = matches(prose(readPage(page)), /`([^`\n]+)`/g).flatMap((span) => span.split(' ').slice(0, 1));
  const folders = /^(api|workers|src|scripts|bench|examples|test|docs)\//;
  return spans.filter((span) => folders.test(span) && !/[<>*]/.test(span));
}

for (const page of [...written, ...generated]) {
  describe(page, () => {
    it('links only to what is there', () => {
      const links = matches(prose(readPage(page)), /\]\(([^)\s]+)\)/g).filter((link) => !/^https?:/.test(link));
      const dead = links.filter((link) => !isThere(path.join(path.dirname(page), link.replace(/#.*$/, ''))));
      assert.deepEqual(dead, []);
    });

    it('names only files that are there', () => {
      assert.deepEqual(
        namedFiles(page).filter((file) => !isThere(file)),
        [],
      );
    });

    it('names only npm scripts that are there', () => {
      const named = matches(readPage(page), /npm run ([\w:-]+)/g);
      assert.deepEqual(
        named.filter((name) => scripts[name] === undefined),
        [],
      );
    });

    it('names only variables of the environment that are there', () => {
      const known = new Set(optionRows().map(({ environmentVariable }) => environmentVariable));
      const named = matches(readPage(page), /\b(IRONHAND_[A-Z_0-9]*[A-Z0-9])\b/g).filter((name) => !known.has(name));
      const compose = readPage('docker-compose.yml');
      assert.deepEqual(
        named.filter((name) => !compose.includes(`\${${name}:-`)),
        [],
      );
    });

    it('names only flags of ironhand that are there', () => {
      const known = ['--config-file', '--config-dir', '--no-tls', '--group', '--help'];
      const flags = new Set([...known, ...optionRows().map(({ flag }) => flag)]);
      const commands = fencedBlocks(readPage(page)).flatMap(({ text }) =>
        matches(text, /(ironhand\.mjs (?:.|\\\n)*)/g),
      );
      const named = commands.flatMap((command) => matches(command, /(--[a-z-]+)/g));
      assert.deepEqual(
        named.filter((flag) => !flags.has(flag)),
        [],
      );
    });
  });
}

describe('README.md', () => {
  const blocks = fencedBlocks(readPage('README.md'));

  it('has no commands but those that a test runs, or that are marked as not run', () => {
    const typed = blocks.filter(({ language }) => language === 'sh').map(({ heading }) => heading);
    // See it work: demo.test.ts runs the first, .ci/run the second. By hand: readme.test.ts. Ironic: it is a part of the second.
    const byHand = Array<string>(3).fill('Run it by hand');
    assert.deepEqual(typed, ['See it work', 'See it work', ...byHand, 'Point a real Ironic at it']);
    assert.deepEqual([...new Set(blocks.map(({ language }) => language))].sort(), ['console', 'sh', 'text']);
  });

  it('names as its second command what CI calls', () => {
    const [, test = ''] = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text.trim());
    assert.equal(test, 'npm test');
    assert.match(readPage('.ci/run'), new RegExp(`^cd .* && exec ${test}$`, 'm'));
  });
});

describe('ARCHITECTURE.md', () => {
  it('tells of every folder of the source, and of no other', () => {
    const rows = matches(readPage('ARCHITECTURE.md'), /^\| `((?:api|workers|src)\/[a-z-]*\/?)` \|/gm);
    const folders = readdirSync(path.join(projectRoot, 'src')).map((name) => `src/${name}/`);
    assert.deepEqual([...rows].sort(), ['api/', 'workers/', ...folders].sort());
  });
});

describe('docs/adr', () => {
  const numbered = decisions.filter((page) => !page.endsWith('README.md'));

  it('lists every decision with its title', () => {
    const index = readPage('docs/adr/README.md');
    for (const page of numbered) {
      const [, number, title] = /^# (\d{4}): (.*)$/m.exec(readPage(page)) ?? [];
      assert.ok(path.basename(page).startsWith(`${number}-`), page);
      assert.ok(index.includes(`| [${number}](${path.basename(page)}) | ${title} |`), `${page} is not in the index`);
    }
    assert.equal(matches(index, /^\| (\[)/gm).length, numbered.length);
  });

  it('says of every decision what would change our mind, on one page', () => {
    for (const page of numbered) {
      const text = readPage(page);
      assert.match(text, /^## What would change our mind$/m, page);
      assert.ok(text.split('\n').length <= 60, `${page} is longer than a page`);
    }
  });

  it('gives a reason for every dependency, and for nothing else', () => {
    const manifest = JSON.parse(readPage('package.json')) as Readonly<Record<string, Readonly<Record<string, string>>>>;
    const used = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    );
    const rows = readPage('docs/adr/0013-dependencies.md').match(/^\| `.*$/gm) ?? [];
    const told = rows.flatMap((row) => matches(row.split(' | ')[0] ?? '', /`([^`]+)`/g));
    assert.deepEqual([...told].sort(), used.sort());
  });
});

describe('CHANGELOG.md', () => {
  it('begins with the version of package.json', () => {
    assert.equal(/^## (\S+)/m.exec(readPage('CHANGELOG.md'))?.[1], version);
  });
});
