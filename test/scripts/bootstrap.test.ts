import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { projectRoot } from '../../scripts/check-stages.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const nodePackage = `node-linux-${process.arch}`;
let root = '';

function write(name: string, content: string, mode = 0o644): void {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

function read(name: string): string {
  const file = path.join(root, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** A project with the real bootstrap, one package that it needs, and an apt-get and an npm that only write down what they are asked. */
function makeProject(): void {
  root = mkdtempSync(path.join(tmpdir(), 'bootstrap-'));
  for (const name of ['bootstrap.mjs', 'bootstrap']) {
    cpSync(path.join(projectRoot, 'scripts', name), path.join(root, 'scripts', name), { recursive: true });
  }
  const proof = path.join(root, 'installed/tool');
  write(
    'scripts/bootstrap/packages.mjs',
    `export const purposes = { none: [], demo: [{ name: 'fake-tool', proof: '${proof}', reason: 'this test' }] };`,
  );
  write('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/a': { integrity: 'sha512-a' } } }));
  write(
    'bin/apt-get',
    `#!/bin/sh
echo "$DEBIAN_FRONTEND $*" >> ${root}/apt.log
test -e ${root}/apt-fails && { echo "E: no such package" >&2; exit 100; }
case "$*" in *install*) mkdir -p ${root}/installed; : > ${proof};; esac
`,
    0o755,
  );
  write(
    'bin/npm',
    `#!/bin/sh
echo "$*" >> ${root}/npm.log
sleep 0.3
mkdir -p node_modules/${nodePackage}/bin
printf '#!/bin/sh\\nexec ${process.execPath} "$@"\\n' > node_modules/${nodePackage}/bin/node
chmod 755 node_modules/${nodePackage}/bin/node
`,
    0o755,
  );
}

function start(args: readonly string[], nodeArgs: readonly string[] = []): ChildProcess {
  // A session of its own has no terminal, as in CI.
  return spawn(process.execPath, [...nodeArgs, path.join(root, 'scripts/bootstrap.mjs'), ...args], {
    cwd: '/',
    env: { ...process.env, PATH: `${root}/bin:${process.env['PATH']}`, NODE_TEST_CONTEXT: undefined },
    detached: true,
  });
}

function ended(child: ChildProcess): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...text })));
}

function run(...args: readonly string[]): Promise<Ended> {
  return ended(start(args));
}

suite('bootstrap', () => {
  beforeEach(makeProject);
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test('installs what is missing, then runs the script on the pinned Node with its arguments', async () => {
    write('hello.mjs', 'console.log(process.argv.slice(2).join("+"), process.cwd())');
    const result = await run('--packages', 'demo', '--', 'hello.mjs', '--keep', 'a b');
    assert.equal(result.code, 0, result.stderr);
    assert.equal(result.stdout, `--keep+a b ${root}\n`);
    assert.match(result.stderr, /fake-tool: this test/);
    const [update, install] = read('apt.log').split('\n');
    assert.match(update ?? '', /^noninteractive .*update$/);
    assert.match(
      install ?? '',
      /^noninteractive .*DPkg::Lock::Timeout=300.* install --no-install-recommends fake-tool$/,
    );
    assert.match(read('npm.log'), /^ci /);
  });

  test('installs nothing when nothing is missing', async () => {
    await run('--packages', 'demo');
    rmSync(path.join(root, 'apt.log'));
    rmSync(path.join(root, 'npm.log'));
    const result = await run('--packages', 'demo', '--', '-p', '6 * 7');
    assert.deepEqual(result, { code: 0, stdout: '42\n', stderr: '' });
    assert.equal(read('apt.log') + read('npm.log'), '');
  });

  test('installs npm packages again when the lock file has changed', async () => {
    await run('--packages', 'none');
    write('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/b': { integrity: 'sha512-b' } } }));
    await run('--packages', 'none');
    assert.equal(read('npm.log').split('\n').filter(Boolean).length, 2);
  });

  test('accepts a node_modules that npm itself recorded as equal to the lock file', async () => {
    await run('--packages', 'none');
    rmSync(path.join(root, 'node_modules/.ironhand-lock-hash'));
    write('node_modules/.package-lock.json', read('package-lock.json'));
    await run('--packages', 'none');
    assert.equal(read('npm.log').split('\n').filter(Boolean).length, 1);
    const hash = createHash('sha256').update(read('package-lock.json')).digest('hex');
    assert.equal(read('node_modules/.ironhand-lock-hash'), `${hash} ${process.arch}\n`);
  });

  test('does not install twice when two start at the same time', async () => {
    const [one, two] = await Promise.all([run('--packages', 'demo'), run('--packages', 'demo')]);
    assert.deepEqual([one.code, two.code], [0, 0], one.stderr + two.stderr);
    assert.equal(read('npm.log').split('\n').filter(Boolean).length, 1);
    assert.equal(
      read('apt.log')
        .split('\n')
        .filter((line) => line.includes(' install ')).length,
      1,
    );
  });

  test('says what apt-get said when it fails, and runs nothing', async () => {
    write('apt-fails', '');
    const result = await run('--packages', 'demo', '--', '-p', '1');
    assert.equal(result.code, 1);
    assert.equal(result.stdout, '');
    assert.match(result.stderr, /install --no-install-recommends fake-tool ended with 100:\s+E: no such package/);
  });

  test('tells a user without root what to install', async () => {
    const result = await ended(
      start(['--packages', 'demo'], ['--import', 'data:text/javascript,process.getuid=()=>1000']),
    );
    assert.equal(result.code, 1);
    assert.match(result.stderr, /sudo apt-get install --no-install-recommends fake-tool/);
    assert.equal(read('apt.log'), '');
  });

  test('ends with the exit code of the script', async () => {
    assert.equal((await run('--packages', 'none', '--', '-e', 'process.exit(7)')).code, 7);
    assert.equal((await run('--packages', 'none', '--', '-e', 'process.kill(process.pid, "SIGKILL")')).code, 137);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`hands ${signal} to the script once, and waits for its end`, async () => {
      await run('--packages', 'none');
      write(
        'wait.mjs',
        `let count = 0;
        process.on('${signal}', () => { count += 1; setTimeout(() => { console.log('got', count); process.exit(3); }, 300); });
        console.log('ready');
        setInterval(() => {}, 1000);`,
      );
      const child = start(['--packages', 'none', '--', 'wait.mjs']);
      child.stdout?.once('data', () => child.kill(signal));
      const result = await ended(child);
      assert.equal(result.stdout, 'ready\ngot 1\n');
      assert.equal(result.code, 3);
    });
  }

  test('refuses a purpose or an option that it does not know', async () => {
    assert.match((await run('--packages', 'fun')).stderr, /--packages fun: expected one of none, demo/);
    assert.match((await run('--fast')).stderr, /unknown option --fast/);
  });
});
