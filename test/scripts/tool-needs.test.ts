import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { projectRoot } from '../../scripts/check-stages.ts';
import type { ToolNeed } from '../../src/core/tool.ts';

function packagesOf(purpose: string): Set<string> {
  const script = path.join(projectRoot, 'scripts/bootstrap.mjs');
  const list = execFileSync(process.execPath, [script, '--list', purpose], { encoding: 'utf8' });
  return new Set(
    list
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? ''),
  );
}

/** On every Debian (`Essential: yes`), or with its package manager or its init. */
const always = new Set(['util-linux', 'coreutils', 'systemd', 'systemd-sysv', 'mount']);

suite('needs of the tools', () => {
  const files = globSync('src/tools/*.ts', { cwd: projectRoot });

  test('are stated by several files, and found by this test', () => assert.ok(files.length > 5));

  for (const purpose of ['run', 'demo', 'test', 'bench']) {
    test(`are installed by the bootstrap for ${purpose}`, async () => {
      const installed = packagesOf(purpose);
      for (const file of files) {
        const { need } = (await import(path.join(projectRoot, file))) as { readonly need?: ToolNeed };
        if (need && !need.optional && !always.has(need.package))
          assert.ok(installed.has(need.package), `${file} needs ${need.package}`);
      }
    });
  }
});
