import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { optionRows } from '../../src/config/option-table.ts';
import { workerGroups } from '../../src/core/queue-name.ts';
import { runCli } from '../support/cli.ts';

const root = path.join(import.meta.dirname, '../..');

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | number | null>>;
  readonly volumes: readonly string[];
  readonly devices?: readonly string[];
  readonly ports?: readonly string[];
  readonly privileged?: boolean;
  readonly cap_drop: readonly string[];
  readonly network_mode?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** The file as compose reads it with these variables: `${NAME}`, `${NAME:-default}` (compose-spec, 12-interpolation). */
function composeWith(variables: Readonly<Record<string, string>>): Compose {
  const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
  const filled = text.replace(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (_all, name: string, preset = '') => variables[name] ?? preset,
  );
  return parse(filled, { merge: true }) as Compose;
}

const { services, volumes } = composeWith({});
const { redis, api } = services;
const entries = Object.entries(services);
const dockerfile = readFileSync(path.join(root, 'ramdisk/container/Dockerfile'), 'utf8');

/** Words after an instruction of the Dockerfile, a list for each time it stands there. */
function instructions(name: string): readonly (readonly string[])[] {
  const lines = dockerfile.split('\n').filter((line) => line.startsWith(`${name} `));
  return lines.map((line) => line.split(/\s+/).slice(1));
}

describe('docker-compose.yml', () => {
  it('has the four parts of an agent, and every group of workers', () => {
    assert.deepEqual(Object.keys(services).sort(), ['api', 'redis', ...Object.keys(workerGroups)].sort());
    for (const group of Object.keys(workerGroups)) {
      assert.deepEqual(services[group]?.command, ['worker', '--group', group]);
    }
    assert.deepEqual([api?.command, redis?.command], [['api'], ['redis']]);
  });

  it('starts commands that ironhand has, with words that it takes', async () => {
    const answers = entries.map(async ([name, { command }]) => {
      const { code, stderr } = await runCli([...command, '--no-such-flag']);
      assert.deepEqual([name, code, stderr.trim()], [name, 1, `error: unknown option '--no-such-flag'`]);
    });
    await Promise.all(answers);
  });

  it('builds one image for all, once, from a file that is there', () => {
    for (const [name, { image }] of entries) assert.deepEqual([name, image], [name, 'ironhand:local']);
    const built = entries.flatMap(([, { build }]) => (build ? [build] : []));
    assert.deepEqual(built, [{ context: '.', dockerfile: 'ramdisk/container/Dockerfile' }]);
    assert.ok(existsSync(path.join(root, 'ramdisk/container/Dockerfile')));
  });

  it('gives all parts the same state directory, on a volume that it declares, and the same options', () => {
    for (const [name, { volumes: mounts, environment }] of entries) {
      assert.deepEqual([name, mounts], [name, ['state:/run/ironhand']]);
      assert.equal(environment.IRONHAND_STATE_DIR, '/run/ironhand');
      assert.deepEqual(environment, redis?.environment);
    }
    assert.deepEqual(Object.keys(volumes), ['state']);
  });

  it('names only options that there are, and never the one that opens the safety latch', () => {
    const known = new Set(optionRows().map((row) => row.environmentVariable));
    const names = Object.keys(api?.environment ?? {});
    assert.deepEqual(
      names.filter((name) => !known.has(name)),
      [],
    );
    assert.equal(names.includes('IRONHAND_RAMDISK'), false);
  });

  for (const [what, variables, device, named] of [
    ['the named device', { IRONHAND_DEVICE: '/dev/loop5' }, '/dev/loop5', '/dev/loop5'],
    ['no device when none is named', {}, '/dev/null', ''],
  ] as const) {
    it(`hands ${what} to the workers`, () => {
      for (const [name, { devices, environment }] of Object.entries(composeWith(variables).services)) {
        assert.deepEqual([name, devices], [name, Object.hasOwn(workerGroups, name) ? [device] : undefined]);
        assert.equal(environment.IRONHAND_DEVICES ?? '', named);
      }
    });
  }

  it('opens one port, of the api, on this machine only', () => {
    const ports = Object.entries(composeWith({ IRONHAND_PORT: '8888' }).services).map(([name, service]) => [
      name,
      service.ports,
    ]);
    assert.deepEqual(
      ports.filter(([, open]) => open !== undefined),
      [['api', ['127.0.0.1:8888:9999']]],
    );
    assert.deepEqual(api?.ports, ['127.0.0.1:9999:9999']);
    assert.equal(api?.environment.IRONHAND_LISTEN_PORT, 9999);
    assert.equal(redis?.network_mode, 'none');
  });

  it('gives no part more power than it needs', () => {
    for (const [name, { privileged, cap_drop: dropped }] of entries) {
      assert.deepEqual([name, privileged, dropped], [name, undefined, ['ALL']]);
    }
  });

  it('starts the others when redis answers', () => {
    for (const [name, { depends_on: needs }] of entries) {
      if (name !== 'redis') assert.deepEqual([name, needs], [name, { redis: { condition: 'service_healthy' } }]);
    }
  });

  it('asks each part whether it does its work', () => {
    for (const [name, { healthcheck }] of entries) {
      assert.deepEqual(healthcheck?.test, ['CMD', 'ironhand', 'health', name]);
    }
  });
});

describe('the image', () => {
  it('is the root file system of the ramdisk, of which alone .dockerignore lets something through, and starts ironhand', () => {
    assert.deepEqual(instructions('FROM'), [['scratch']]);
    const [[file, place] = [], ...others] = instructions('ADD');
    assert.match(file ?? '', /^out\/ramdisk\/\$\{RAMDISK\}\/root\.tar$/);
    assert.deepEqual([place, others], ['/', []]);
    assert.deepEqual(instructions('COPY'), []);
    assert.deepEqual(instructions('ENTRYPOINT'), [['["ironhand"]']]);
    const rules = readFileSync(path.join(root, '.dockerignore'), 'utf8').split('\n');
    assert.deepEqual(
      rules.filter((line) => line !== '' && !line.startsWith('#')),
      ['*', '!out/ramdisk', 'out/ramdisk/*/*', '!out/ramdisk/*/root.tar'],
    );
  });
});
