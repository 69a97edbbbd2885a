import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { until } from '../../support/until.ts';
import type { Exchange } from '../lab/exchange.ts';
import { defineFlow, type Stage } from '../lab/flow.ts';
import { ApiError } from '../lab/ironic-api.ts';
import type { WireTap } from '../lab/wire-tap.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Inventory {
  readonly cpu: { readonly count: number };
  readonly memory: { readonly physical_mb: number };
  readonly interfaces: readonly { readonly mac_address: string }[];
  readonly disks: readonly { readonly name: string }[];
}

const collectors = ['default', 'logs', 'pci-devices', 'numa-topology', 'usb-devices'];

const inspectTo = (path: string, names: readonly string[]) => (_: unknown, tap: WireTap) => [
  ...['--inspection-callback-url', `${tap.ironicUrl}${path}`, '--inspection-collectors', names.join(',')],
];

/** What the inspection is to find out is not known before. */
const unknown = { properties: {} };

export const agentInspection = defineFlow({
  name: 'inspect-agent',
  title: 'inspect: the inventory and what the collectors found are stored, the properties set',
  releases: ['39.0'],
  needs: {
    node: () => ({ inspect_interface: 'agent', ...unknown }),
    args: inspectTo('/v1/continue_inspection', collectors),
  },
  async run(stage) {
    await addRealPort(stage);
    const posted = await inspect(stage, '/v1/continue_inspection');
    const path = `/v1/nodes/${stage.node.uuid}/inventory`;
    const stored = await stage.lab.ironic.api.request<{ inventory: Inventory; plugin_data: Fields }>('GET', path);
    assert.deepEqual(stored.inventory, posted['inventory']);
    assert.deepEqual(
      stored.inventory.disks.map(({ name }) => name),
      stage.disks.map(({ path }) => path),
    );
    for (const key of ['pci_devices', 'usb_devices', 'configuration']) {
      assert.deepEqual(stored.plugin_data[key], posted[key], key);
    }
    const { properties } = await stage.node.show();
    assert.equal(properties['cpu_arch'], 'x86_64');
    // The answer has the token, as that of a lookup has: none follows.
    stage.spoke(['> POST /v1/continue_inspection 202']);
  },
});

export const failingCollector = defineFlow({
  name: 'inspect-failing-collector',
  title: 'inspect with a collector that fails: inspect failed, and last_error names it',
  releases: ['39.0'],
  needs: {
    node: () => ({ inspect_interface: 'agent' }),
    args: inspectTo('/v1/continue_inspection', ['default', 'no-such-collector']),
  },
  async run(stage) {
    await addRealPort(stage);
    await stage.makeManageable();
    await stage.node.provision('inspect');
    const { provision_state: state, last_error: error } = await stage.node.rests('manageable');
    assert.equal(state, 'inspect failed');
    assert.match(error ?? '', /no-such-collector/);
  },
});

export const inspectorInspection = defineFlow({
  name: 'inspect-inspector',
  title: 'inspect by ironic-inspector: it finds the node by the MAC address, stores the data, and sets the properties',
  releases: ['21.4'],
  needs: {
    node: () => ({ inspect_interface: 'inspector', ...unknown }),
    args: inspectTo('/v1/continue', collectors),
  },
  async run(stage) {
    await addRealPort(stage);
    const posted = await inspect(stage, '/v1/continue');
    const inventory = posted['inventory'] as Inventory;
    const { properties } = await stage.node.show();
    assert.equal(properties['cpu_arch'], 'x86_64');
    assert.equal(Number(properties['cpus']), inventory.cpu.count);
    assert.equal(Number(properties['memory_mb']), inventory.memory.physical_mb);
    const path = `/v1/introspection/${stage.node.uuid}/data`;
    const stored = (await (await fetch(stage.lab.ironic.inspectorUrl + path)).json()) as Fields;
    for (const key of ['inventory', 'pci_devices', 'usb_devices']) assert.deepEqual(stored[key], posted[key], key);
  },
});

/** Inspects, from enroll to manageable; gives what the agent posted, which it did once. */
async function inspect(stage: Stage, path: string): Promise<Fields> {
  await stage.makeManageable();
  await stage.node.provision('inspect');
  const { last_error: error } = await stage.node.reaches('manageable');
  assert.equal(error, null);
  const isPosted = (each: Exchange): boolean => each.path === path && each.status < 300;
  const [posted, ...more] = stage.tap.exchanges.filter(isPosted);
  assert.equal(more.length, 0);
  assert.equal(typeof posted?.request, 'object');
  return posted?.request as Fields;
}

/**
 * An inventory tells the MAC addresses that this machine really has: by them the node is found. A port with it belongs to one node at
 * a time, so whoever comes second waits until the node of the first is deleted.
 */
async function addRealPort(stage: Stage): Promise<void> {
  const real = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ internal }) => !internal);
  assert.ok(real, 'this machine has no network interface');
  const port = { node_uuid: stage.node.uuid, address: real.mac };
  const isAdded = async (): Promise<boolean> => {
    try {
      await stage.lab.ironic.api.request('POST', '/v1/ports', port);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return false;
      throw error;
    }
  };
  await until(isAdded, { withinMs: 120_000, everyMs: 1000, what: `a port with the MAC address ${real.mac}` });
}
