import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { entryPoint } from '../../../scripts/cli/bundle.ts';
import { environmentFile } from '../../../scripts/cli/unit-files.ts';
import { guardedStateDir, startCli } from '../../support/cli.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const execute = promisify(execFile);
const awkward = ['plain', '', 'two words', 'a"b', "it's", 'back\\slash', '$HOME', '`id`', 'line\nbreak', '#;%n*?'];

/** The program of systemd that reads files of this form, and prints what it made of them in the same form. */
const reader = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';

/** The words that systemd makes of `$NAME` in ExecStart=: quotes and backslashes are obeyed, and nothing else (systemd.service(5)). */
function splitWords(text: string): readonly string[] {
  const words = text.match(/(?:\\.|'(?:\\.|[^'\\])*'|[^\s'\\])+/gs) ?? [];
  return words.map((word) => word.replaceAll(/\\(.)|'/gs, '$1'));
}

describe('how systemd is told to start a process', () => {
  it('says the same to a shell, whose rules for what is between double quotes are those of systemd', async () => {
    using directory = temporaryDirectory();
    const file = path.join(directory.path, 'a.env');
    const env = Object.fromEntries(awkward.map((value, index) => [`V${index}`, value]));
    writeFileSync(file, environmentFile({ args: awkward, env }));
    const { stdout } = await execute('sh', ['-c', 'set -a; . "$1"; exec env -0', 'sh', file], { env: {} });
    const read = Object.fromEntries(
      stdout.split('\0').map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)]),
    );
    for (const [name, value] of Object.entries(env)) assert.equal(read[name], value);
    assert.deepEqual(splitWords(read['IRONHAND_ARGS'] ?? ''), awkward);
  });

  it('is read by systemd itself', { skip: !existsSync(reader) }, async () => {
    using directory = temporaryDirectory();
    const dir = path.join(directory.path, 'environment.d');
    const values = awkward.filter((value) => value !== '' && !/[$\n]/.test(value)); // left out, expanded, or written in another form
    const env = Object.fromEntries(values.map((value, index) => [`V${index}`, value]));
    await execute('mkdir', [dir]);
    writeFileSync(path.join(dir, 'a.conf'), environmentFile({ args: values, env }));
    const { stdout } = await execute(reader, [], { env: { XDG_CONFIG_HOME: directory.path } });
    const script = `set -a\n${stdout}\nexec env -0`;
    const shown = await execute('bash', ['-c', script], { env: {} });
    for (const [name, value] of Object.entries(env))
      assert.ok(shown.stdout.split('\0').includes(`${name}=${value}`), `${name}=${value}: ${stdout}`);
  });
});

describe('ironhand prepare', () => {
  const settings = { IRONHAND_STANDALONE: 'yes', IRONHAND_AGENT_TOKEN: '678123', IRONHAND_LISTEN_HOST: '::' };

  it('writes what each unit starts, for root only, and no secret', async () => {
    using state = guardedStateDir();
    const env = { ...settings, IRONHAND_STATE_DIR: state.path };
    assert.equal(await startCli(['prepare'], { env }).ended(), 0);
    const units = path.join(state.path, 'units');
    assert.deepEqual(readdirSync(units).sort(), ['api.env', 'redis.env', 'worker-storage.env', 'worker-system.env']);
    for (const name of readdirSync(units)) {
      assert.equal(statSync(path.join(units, name)).mode & 0o777, 0o600);
      assert.doesNotMatch(readFileSync(path.join(units, name), 'utf8'), /678123/);
    }
    const [, args = ''] =
      /^IRONHAND_ARGS="(.*)"$/m.exec(readFileSync(path.join(units, 'worker-system.env'), 'utf8')) ?? [];
    const program = entryPoint('worker.mjs', 'workers/main.ts');
    assert.ok(args.endsWith(`${program} --group system`), args);
    assert.equal(await startCli(['prepare', '--listen-port', '0'], { env }).ended(), 0);
    assert.ok(existsSync(path.join(units, 'own-listener')));
  });

  it('decides for the boot: a process that is started alone changes nothing of it', async () => {
    using state = guardedStateDir();
    const env = { ...settings, IRONHAND_STATE_DIR: state.path };
    assert.equal(await startCli(['prepare', '--api-url', 'http://127.0.0.1:9'], { env }).ended(), 0);
    const config = readFileSync(path.join(state.path, 'config.json'), 'utf8');
    const redis = startCli(['redis', '--api-url', 'http://127.0.0.1:8'], { env });
    const socket = path.join(state.path, 'redis/redis.sock');
    await until(() => existsSync(socket), { withinMs: 20_000, what: 'its socket' });
    assert.equal(readFileSync(path.join(state.path, 'config.json'), 'utf8'), config);
    redis.child.kill('SIGTERM');
    assert.equal(await redis.ended(), 0);
  });
});
