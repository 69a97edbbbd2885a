import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type OptionRow, optionRows } from '../../../src/config/option-table.ts';
import { guardedStateDir, machineNode, runCli } from '../../support/cli.ts';

const commands = ['agent', 'redis', 'api', 'worker'];

/** The line of the help that tells of an option. */
function lineOf(help: string, row: OptionRow): string {
  const lines = help.split('\n').filter((line) => line.trim().startsWith(`${row.flag} `));
  assert.equal(lines.length, 1, `${row.flag}: ${lines.length} lines`);
  return lines[0] ?? '';
}

describe('ironhand --help', { concurrency: true }, () => {
  it('names every command and what it does', async () => {
    const { code, stdout } = await runCli(['--help']);
    assert.equal(code, 0);
    for (const command of commands) assert.match(stdout, new RegExp(`^ {2}${command} .* [A-Z].*\\.?$`, 'm'));
  });

  for (const command of commands) {
    it(`tells of every option of ${command}, with its default`, async () => {
      const { code, stdout, stderr } = await runCli([command, '--help']);
      assert.deepEqual([code, stderr], [0, '']);
      for (const row of optionRows()) {
        if (row.flag === null) continue;
        const line = lineOf(stdout, row);
        assert.ok(line.includes(row.help), line);
        if (row.default !== null) assert.ok(line.includes(`(default: ${row.default})`), line);
      }
      for (const flag of ['--config-file', '--config-dir', '--no-tls', '--help'])
        assert.ok(stdout.includes(flag), flag);
      assert.match(stdout, /IRONHAND_API_URL/);
    });
  }

  it('says nothing of the switch that only the ramdisk sets', async () => {
    const { stdout } = await runCli(['agent', '--help']);
    assert.equal(stdout.includes('--ramdisk'), false);
  });

  it('tells the version, also on the Node of the machine', async () => {
    const [own, machine] = await Promise.all([runCli(['--version']), runCli(['--version'], { node: machineNode })]);
    assert.match(own.stdout, /^\d+\.\d+\.\d+\n$/);
    assert.deepEqual(machine, own);
  });
});

describe('a command line that cannot be meant', { concurrency: true }, () => {
  for (const [what, args, message] of [
    ['an unknown flag', ['agent', '--devicess', '/dev/loop1'], /unknown option '--devicess'/],
    ['an unknown command', ['agnet'], /unknown command 'agnet'/],
    ['too many words', ['agent', '/dev/loop1'], /too many arguments/],
    ['the switch of the ramdisk as a flag', ['agent', '--ramdisk'], /unknown option '--ramdisk'/],
    ['no group of workers', ['worker'], /required option '--group <name>' not specified/],
    [
      'an unknown group of workers',
      ['worker', '--group', 'gpu'],
      /'gpu' is invalid. Allowed choices are storage, system/,
    ],
    [
      'a bad port',
      ['agent', '--listen-port', '70000'],
      /listen_port: expected a port, 0 to 65535, got "70000" \(flag --listen-port\)/,
    ],
    [
      'a device that is no path',
      ['agent', '--devices', 'sda'],
      /devices: expected device paths below \/dev.*, got "sda" \(flag --devices\)/,
    ],
    ['a file that is not there', ['agent', '--config-file', '/nowhere.conf'], /\/nowhere\.conf: cannot be read/],
    ['half of a certificate', ['agent', '--tls-cert-file', '/c.pem'], /tls_cert_file: expected tls_key_file with it/],
    [
      'a state directory that is relative',
      ['redis', '--state-dir', 'state'],
      /state_dir: expected an absolute path, got "state"/,
    ],
  ] as const) {
    it(`is refused with a clear text: ${what}`, async () => {
      const { code, stdout, stderr } = await runCli(args);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n\s+at /, 'a stack is no message');
    });
  }

  it('names the environment variable that holds a bad value', async () => {
    const { code, stderr } = await runCli(['agent'], { env: { IRONHAND_LISTEN_PORT: 'x' } });
    assert.equal(code, 1);
    assert.match(stderr, /listen_port: .*got "x" \(environment variable IRONHAND_LISTEN_PORT\)/);
  });
});

describe('the switch that opens the safety latch', () => {
  it('keeps every command from starting on a machine whose system lies on a disk', async () => {
    using state = guardedStateDir();
    for (const command of [['agent'], ['redis'], ['api'], ['worker', '--group', 'storage']]) {
      const args = [...command, '--standalone', '--state-dir', state.path];
      const { code, stdout, stderr } = await runCli(args, { env: { IRONHAND_RAMDISK: '1' } });
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(
        stderr,
        /ramdisk: expected a root file system in memory .*, got one on a disk: IRONHAND_RAMDISK belongs/,
      );
      assert.equal(existsSync(state.path), false);
    }
  });
});
