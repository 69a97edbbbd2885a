import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readConfigFile, writeConfigFile } from '../../../src/config/config-file.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { loadConfigFromParent } from '../../../src/config/parent-config.ts';

const dir = mkdtempSync(join(tmpdir(), 'ironhand-config-'));
after(() => rmSync(dir, { recursive: true }));

const ramdisk = { ipv6: true, rootInMemory: true, ownNetworkNamespace: false };
const laptop = { ipv6: true, rootInMemory: false, ownNetworkNamespace: false };

function configOf(env: Record<string, string> = {}, argv: Record<string, unknown> = {}) {
  return loadConfig({ argv: { standalone: true, ...argv }, env, kernelCommandLine: '', files: [], machine: ramdisk })
    .config;
}

describe('the configuration file between processes', () => {
  it('gives the child what the parent had, readable by the owner only', () => {
    const path = join(dir, 'same.json');
    const config = configOf({}, { agentToken: 'sesame', devices: '/dev/loop5,/dev/loop6', listenPort: 0 });
    writeConfigFile(config, path);
    writeConfigFile(config, path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readConfigFile(path, {}, laptop), config);
    assert.deepEqual(loadConfigFromParent({ IRONHAND_CONFIG: path }), config);
  });

  it('cannot open the safety latch', () => {
    const path = join(dir, 'latch.json');
    writeConfigFile(configOf({ IRONHAND_RAMDISK: '1' }), path);
    assert.doesNotMatch(readFileSync(path, 'utf8'), /insideRamdisk/);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), insideRamdisk: true }));
    assert.equal(readConfigFile(path, {}, ramdisk).insideRamdisk, false);
    assert.equal(readConfigFile(path, { IRONHAND_RAMDISK: '1' }, ramdisk).insideRamdisk, true);
    assert.throws(() => readConfigFile(path, { IRONHAND_RAMDISK: '1' }, laptop), /root file system in memory/);
  });

  it('is refused when others can touch it', () => {
    const path = join(dir, 'open.json');
    writeConfigFile(configOf(), path);
    for (const mode of [0o644, 0o620]) {
      chmodSync(path, mode);
      const message = new RegExp(`mode ${mode.toString(8)}`);
      assert.throws(() => readConfigFile(path), { name: 'ConfigurationError', message });
    }
    chmodSync(path, 0o600);
    chownSync(path, 65_534, 65_534);
    assert.throws(() => readConfigFile(path), { name: 'ConfigurationError', message: /of user 65534/ });
  });

  it('is refused when it lacks an option or holds a bad one', () => {
    const path = join(dir, 'bad.json');
    writeConfigFile(configOf(), path);
    const good = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...good, listenPort: 'x' }));
    assert.throws(() => readConfigFile(path), /listen_port: expected a port/);
    const { listenPort: _, ...rest } = good;
    writeFileSync(path, JSON.stringify(rest));
    assert.throws(() => readConfigFile(path), /expected listenPort, got none/);
  });

  it('must be named', () => {
    assert.throws(() => loadConfigFromParent({}), /IRONHAND_CONFIG: expected the path/);
  });
});
