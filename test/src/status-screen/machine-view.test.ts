import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AgentStatus } from '../../../src/core/agent-status.ts';
import { headline, type MachineView } from '../../../src/status-screen/machine-view.ts';
import { ready, running, seen, view } from './views.ts';

const noAddress = view().ports.map((port) => ({ ...port, addresses: ['fe80::1'] }));
const refused = { at: '', text: 'node not found yet: 404', isBad: false };
const failed: AgentStatus = {
  ...ready,
  command: { ...seen(running.command), state: 'failed', text: 'write_image failed', error: 'checksum differs' },
};

for (const [what, given, state, text] of [
  ['before the api has said anything', { status: null }, 'STARTING', /being started/],
  [
    'which ports have no address',
    { status: null, ports: noAddress },
    'WAITING FOR NETWORK',
    /eth0 \(link, no.*eth1 \(no/,
  ],
  ['why the agent cannot be prepared', { status: null, prepareError: 'no such file' }, 'NOT PREPARED', /no such file/],
  ['that the api is dead', { isApiAlive: false }, 'RESTARTING', /api is not running/],
  ['what Ironic refused', { status: { ...ready, node: null, answer: refused } }, 'WAITING FOR IRONIC', /404/],
  [
    'that heartbeats fail',
    { status: { ...ready, answer: { ...refused, text: 'heartbeat failed: 503', isBad: true } } },
    'WAITING FOR IRONIC',
    /503/,
  ],
  ['that it is ready', {}, 'READY', /commands of Ironic/],
  ['that it is ready without Ironic', { status: { ...ready, ironic: [], node: null } }, 'READY', /without Ironic/],
  ['what runs', { status: running }, 'RUNNING', /1 of 2 disks/],
  ['why the last one failed', { status: failed }, 'FAILED', /checksum differs/],
  ['that the service has ended', { status: { ...ready, ended: 'service ended' } }, 'SERVICE ENDED', /in this boot/],
  ['that the machine is rescued', { status: { ...ready, ended: 'rescued' } }, 'RESCUED', /rescued/],
] as const satisfies readonly (readonly [string, Partial<MachineView>, string, RegExp])[]) {
  it(`says ${what}`, () => {
    const told = headline({ ...view(), ...given });
    assert.equal(told.state, state);
    assert.match(told.text, text);
  });
}
