import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { bundleAgent } from '../../scripts/bundle/bundle-agent.ts';
import { appDir } from '../../scripts/cli/bundle.ts';

/** As a program of the agent is written; it tells what it sees, and which parts of Node it has loaded. */
const program = `
import http, { STATUS_CODES } from 'node:http';
import * as os from 'node:os';
import { basename } from 'path';
import { Queue } from 'bullmq';
const told = {
  sign: \`\${'a'} · b\`.replace(/[·]/, '€'),
  sameHttp: http.STATUS_CODES === STATUS_CODES,
  host: os.hostname(),
  base: basename('/a/b'),
  queue: Queue.name,
  undici: process.moduleLoadList.some((name) => name.includes('undici')),
};
process.stdout.write(JSON.stringify(told));
`;

suite('a bundle', () => {
  let folder: string;
  let sources: readonly string[];
  before(async () => {
    // Below the project, so that its packages are found.
    await mkdir(path.join(appDir, '.cache'), { recursive: true });
    folder = await mkdtemp(path.join(appDir, '.cache/bundle-test-'));
    await writeFile(path.join(folder, 'probe.ts'), program);
    sources = await bundleAgent({ probe: path.join(folder, 'probe.ts') }, folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('means what its sources mean, and loads no part of Node that it has not asked for', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [path.join(folder, 'probe.mjs')]);
    const { host, ...told } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(told, { sign: 'a € b', sameHttp: true, base: 'b', queue: 'Queue', undici: false });
    assert.equal(typeof host, 'string');
  });

  test('is ASCII, and without the part of BullMQ that nobody asks for', async () => {
    const text = await readFile(path.join(folder, 'probe.mjs'), 'utf8');
    assert.equal(Buffer.byteLength(text), text.length);
    assert.ok(sources.some((source) => source.endsWith('bullmq/dist/cjs/classes/queue.js')));
    assert.deepEqual(
      sources.filter((source) => source.includes('/migrations/') || source.includes(':')),
      [],
    );
  });
});
