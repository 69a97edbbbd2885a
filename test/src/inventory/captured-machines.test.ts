import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Inventory } from '../../../src/inventory/inventory.ts';
import { capturedFacts, capturedInventory } from '../../support/captured-inventory.ts';
import { CapturedMachine } from '../../support/captured-machine.ts';

const directory = new URL('../../machines/', import.meta.url);
const names = readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? entry.name : [],
);

/** A node of the tree of lshw, which reads the hardware by code of its own. */
interface LshwNode {
  readonly class: string;
  readonly id: string;
  readonly logicalname?: string | readonly string[];
  readonly size?: number;
  readonly capacity?: number;
  readonly configuration?: Readonly<Record<string, string>>;
  readonly children?: readonly LshwNode[];
}

function lshw(machine: CapturedMachine): readonly LshwNode[] {
  const flat = (node: LshwNode): readonly LshwNode[] => [node, ...(node.children ?? []).flatMap(flat)];
  const tree = JSON.parse(machine.output('lshw').stdout) as LshwNode | readonly LshwNode[];
  return [tree].flat().flatMap(flat);
}

describe('the inventory of captured machines', () => {
  it('has at least six different machines to be right about', () => {
    assert.ok(names.length >= 6, names.join(', '));
  });

  for (const name of names) {
    it(`is what was read out of ${name}`, async () => {
      using machine = new CapturedMachine(name);
      const { inventory, warnings } = await capturedInventory(machine);
      const expected = JSON.parse(readFileSync(new URL(`${name}/inventory.json`, directory), 'utf8')) as Inventory;
      assert.deepEqual(warnings, []);
      assert.deepEqual(inventory, expected);
      assert.equal(JSON.stringify(inventory), JSON.stringify(expected), 'the order of the fields');
    });

    it(`agrees with lshw about ${name}`, async () => {
      using machine = new CapturedMachine(name);
      const nodes = lshw(machine);
      const { inventory } = await capturedInventory(machine);
      const memory = nodes.find((node) => node.class === 'memory' && node.id === 'memory');
      assert.equal(inventory.memory.physical_mb, (memory?.size ?? 0) / 2 ** 20);
      for (const found of inventory.interfaces.filter(({ pci_address }) => pci_address !== null)) {
        const node = nodes.find((each) => each.logicalname === found.name);
        assert.equal(found.speed_mbps, node?.capacity === undefined ? null : node.capacity / 1e6, found.name);
        assert.equal(found.driver, node?.configuration?.['driver'], found.name);
        assert.equal(found.has_carrier, node?.configuration?.['link'] === 'yes', found.name);
      }
    });

    it(`takes from systeminformation on ${name} only what is right there`, async () => {
      using machine = new CapturedMachine(name);
      const { cpu, memLayout } = capturedFacts(machine);
      const { inventory } = await capturedInventory(machine);
      assert.equal(inventory.cpu.count, cpu.cores);
      assert.equal(inventory.cpu.socket_count, cpu.processors);
      const hasModules = memLayout.some(({ type }) => type !== '');
      const mebibytes = memLayout.reduce((sum, { size }) => sum + size, 0) / 2 ** 20;
      assert.equal(inventory.memory.physical_mb === mebibytes, hasModules);
    });
  }

  it('tells the permanent address of a card of which a bond has changed the address', async () => {
    using machine = new CapturedMachine('bond-vlan');
    const { inventory } = await capturedInventory(machine);
    const [first, second] = inventory.interfaces.filter(({ driver }) => driver === 'e1000e');
    assert.notEqual(first?.mac_address, second?.mac_address);
    assert.equal(
      machine.capture.files[`/sys/devices/pci0000:00/${second?.pci_address}/net/${second?.name}/address`]?.trim(),
      first?.mac_address,
    );
  });

  it('would have another name and date than the machine says if systeminformation were asked for them', () => {
    using machine = new CapturedMachine('q35-uefi-numa-bmc');
    const { cpu, bios } = capturedFacts(machine);
    assert.equal(cpu.brand, '');
    assert.equal(bios.releaseDate, '2020-12-11');
    assert.equal(machine.capture.files['/sys/class/dmi/id/bios_date'], '11/12/2020\n');
  });
});
