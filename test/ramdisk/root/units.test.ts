import assert from 'node:assert/strict';
import { accessSync, constants, existsSync, globSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { projectRoot } from '../../../scripts/check-stages.ts';

const root = path.join(projectRoot, 'ramdisk/root');
const unitDir = path.join(root, 'usr/lib/systemd/system');

function readUnit(name: string): string {
  return readFileSync(path.join(unitDir, name), 'utf8');
}

/** All values of a key, in any section. */
function values(unit: string, key: string): readonly string[] {
  return [...readUnit(unit).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1] ?? '');
}

/** Directives by which a service sees other mounts than the machine (systemd.exec(5)). */
const ownMounts =
  /^(Protect(System|Home|KernelTunables|KernelModules|KernelLogs|ControlGroups|Proc)|Private(Tmp|Devices|Mounts)|ProcSubset|ReadOnlyPaths|ReadWritePaths|InaccessiblePaths|BindPaths|TemporaryFileSystem|RootDirectory|(State|Cache|Logs)Directory)=/m;

suite('units of the ramdisk', () => {
  const services = globSync('*.service', { cwd: unitDir }).sort();
  const running = services.filter((name) => !values(name, 'Type').includes('oneshot'));
  const ofAgent = ['ironhand-redis.service', 'ironhand-api.service', 'ironhand-worker@.service'];

  test('are found by this test', () => assert.ok(ofAgent.every((name) => running.includes(name))));

  for (const name of running) {
    test(`${name} is started again, however often it ends`, () => {
      assert.deepEqual(values(name, 'Restart'), ['always']);
      assert.deepEqual(values(name, 'StartLimitIntervalSec'), ['0']);
    });
  }

  for (const name of services) {
    test(`${name} starts programs that are there`, () => {
      const commands = ['ExecStartPre', 'ExecStart', 'ExecReload'].flatMap((key) => values(name, key));
      for (const program of commands.map((command) => command.replace(/^-/, '').split(' ')[0] ?? '')) {
        if (!program.startsWith('/usr/libexec/ironhand/')) continue; // of Debian, or made by the build
        accessSync(path.join(root, program), constants.X_OK);
      }
    });

    test(`${name} has no watchdog, as it may be writing firmware when it does not answer`, () =>
      assert.deepEqual(values(name, 'WatchdogSec'), []));

    test(`${name} opens the safety latch only if it is the preparation`, () => {
      const opens = values(name, 'Environment').some((value) => value.includes('IRONHAND_RAMDISK=1'));
      assert.equal(opens, name === 'ironhand-prepare.service');
    });
  }

  for (const name of ofAgent) {
    test(`${name} is started with what the preparation wrote, and with nothing on its command line`, () => {
      assert.match(values(name, 'EnvironmentFile')[0] ?? '', /^\/run\/ironhand\/units\/(api|redis|worker-%i)\.env$/);
      assert.match(values(name, 'ExecStart')[0] ?? '', /^\/usr\/bin\/(node \$IRONHAND_ARGS|redis-server \S+)$/);
    });
  }

  test('leave the workers the mounts of the machine, by which the guard judges', () => {
    assert.match(readUnit('ironhand-api.service'), ownMounts);
    assert.doesNotMatch(readUnit('ironhand-worker@.service'), ownMounts);
  });

  test('listen on the port of the agent and nothing else', () => {
    const sockets = globSync('*.socket', { cwd: unitDir });
    assert.deepEqual(
      sockets.flatMap((name) => values(name, 'ListenStream')),
      ['9999'],
    );
  });

  test('that are wanted exist here, or are units of Debian', () => {
    const links = globSync('**/*.wants/*', { cwd: root });
    assert.ok(links.length > 5);
    for (const link of links) {
      const file = path.resolve(path.dirname(path.join(root, link)), readlinkSync(path.join(root, link)));
      const name = path.basename(file);
      assert.equal(path.dirname(file), unitDir, link);
      assert.equal(name, path.basename(link));
      if (name.startsWith('ironhand')) assert.ok(existsSync(file), link);
    }
  });

  test('that belong to the agent are all wanted by its target', () => {
    const wanted = values('ironhand.target', 'Wants').join(' ').split(' ');
    for (const name of [...ofAgent, 'ironhand-prepare.service', 'ironhand-api.socket', 'ironhand-rescue.path'])
      assert.ok(
        wanted.some((unit) => unit.replace(/@\w+/, '@') === name),
        name,
      );
  });
});
