import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { guardedStateDir } from '../../support/cli.ts';

const child = path.join(import.meta.dirname, '../../support/prepare-child.ts');

describe('ironhand prepare', () => {
  it('finds Ironic by multicast DNS and prepares the machine once in a boot', async () => {
    using state = guardedStateDir();
    const flags = [
      '--api-url',
      'mdns',
      '--mdns-lookup-attempts',
      '7',
      '--state-dir',
      state.path,
      '--enable-vlan-interfaces',
      'eth77.7',
    ];
    const script = 'ip link set lo up && exec "$@"';
    const command = ['-n', 'sh', '-c', script, 'sh', process.execPath, child, ...flags];
    const { stdout } = await promisify(execFile)('unshare', command);
    const [first = '', second = ''] = JSON.parse(stdout) as string[];
    assert.match(
      first,
      /eth77\.7: expected an interface of this machine \(lo\).*found by multicast DNS.*the clock is not set/s,
    );
    assert.equal(second, '');
    const config = JSON.parse(readFileSync(path.join(state.path, 'config.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(config['apiUrls'], ['http://192.0.2.1:6385/baremetal']);
    assert.equal(config['ntpServer'], '192.0.2.9');
  });
});
