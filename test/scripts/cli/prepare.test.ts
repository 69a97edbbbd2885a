import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { thisMachine } from '../../../scripts/cli/gather-config.ts';
import { prepare } from '../../../scripts/cli/prepare.ts';
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

describe('prepare, for a process that is started alone', () => {
  const at = (stateDir: string) => ({ argv: { stateDir } });

  it('takes what `ironhand prepare` has found, of the machine that it is told of and of no other', async () => {
    using prepared = guardedStateDir();
    using other = guardedStateDir();
    const first = await prepare({ argv: { stateDir: prepared.path, listenPort: 9998 } });
    mkdirSync(first.state.units, { recursive: true }); // what tells its boot from that of an agent that prepares itself
    const again = await prepare(at(prepared.path));
    assert.equal(again.config.listenPort, 9998);

    const elsewhere = { ...thisMachine, readInputs: () => thisMachine.readInputs(at(other.path)) };
    const { config, state } = await prepare(at(prepared.path), elsewhere);
    assert.deepEqual([config.listenPort, state.root], [9999, other.path]);
  });
});
