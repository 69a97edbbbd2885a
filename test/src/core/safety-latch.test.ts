import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSafetyLatch, type LatchSettings, type ResolvedDevice } from '../../../src/core/safety-latch.ts';
import type { Effect } from '../../../src/core/tool.ts';
import { SafetyLatchError } from '../../../src/errors/catalogue.ts';

/** A small /dev: canonical paths, and other names that lead to them. */
const disks = ['/dev/loop1', '/dev/loop10', '/dev/loop11', '/dev/sda', '/dev/sdaa', '/dev/nvme0n1', '/dev/nvme0n11'];
const devices = new Map<string, ResolvedDevice>(
  disks.flatMap((disk) => {
    const separator = /\d$/.test(disk) ? 'p' : '';
    const paths = [disk, `${disk}${separator}1`, `${disk}${separator}12`];
    return paths.map((path): [string, ResolvedDevice] => [path, { path, disk }]);
  }),
);
const aliases = ['', '/dev/disk/by-id/x', '/tmp/link', '/dev/loop1/..'];

function resolve(name: string): ResolvedDevice {
  const found = devices.get(name.slice(name.lastIndexOf('@') + 1));
  if (!found) throw new Error(`${name} is not a block device`);
  return found;
}

function permits(settings: LatchSettings, effect: Effect): boolean {
  try {
    createSafetyLatch(settings, resolve).permit(effect);
    return true;
  } catch (error) {
    assert.ok(error instanceof SafetyLatchError, String(error));
    return false;
  }
}

const path = fc.constantFrom(...devices.keys());
const alias = fc.constantFrom(...aliases).map((name) => (name === '' ? '' : `${name}@`));
const spelling = fc.tuple(alias, path).map(([prefix, name]) => `${prefix}${name}`);
const machineEffect = fc.constantFrom<Effect>(
  { kind: 'power' },
  { kind: 'network' },
  { kind: 'nvram' },
  { kind: 'kernel' },
);

test('outside a ramdisk a device is permitted exactly when it, or its whole disk, was named', () => {
  fc.assert(
    fc.property(fc.array(spelling, { maxLength: 4 }), spelling, (named, asked) => {
      const { path: own, disk } = resolve(asked);
      const expected = named.some((name) => [own, disk].includes(resolve(name).path));
      assert.equal(
        permits(
          { insideRamdisk: false, ownNetworkNamespace: false, devices: named },
          { kind: 'device', device: asked },
        ),
        expected,
      );
    }),
    { numRuns: 2000 },
  );
});

test('outside a ramdisk nothing changes the machine, whatever was named', () => {
  fc.assert(
    fc.property(fc.array(spelling), machineEffect, (named, effect) => {
      assert.equal(permits({ insideRamdisk: false, ownNetworkNamespace: false, devices: named }, effect), false);
    }),
  );
});

test('a device whose name begins with a named one is not permitted', () => {
  const settings = { insideRamdisk: false, ownNetworkNamespace: false, devices: ['/dev/loop1'] };
  for (const device of ['/dev/loop10', '/dev/loop11', '/dev/loop10p1', '/dev/loop11p1']) {
    assert.equal(permits(settings, { kind: 'device', device }), false, device);
  }
});

test('naming a partition permits neither its disk nor its neighbour', () => {
  const settings = { insideRamdisk: false, ownNetworkNamespace: false, devices: ['/dev/sda1'] };
  assert.equal(permits(settings, { kind: 'device', device: '/dev/sda1' }), true);
  assert.equal(permits(settings, { kind: 'device', device: '/dev/sda' }), false);
  assert.equal(permits(settings, { kind: 'device', device: '/dev/sda12' }), false);
});

test('naming a disk permits its partitions', () => {
  const settings = { insideRamdisk: false, ownNetworkNamespace: false, devices: ['/dev/nvme0n1'] };
  assert.equal(permits(settings, { kind: 'device', device: '/dev/nvme0n1p12' }), true);
  assert.equal(permits(settings, { kind: 'device', device: '/dev/nvme0n11' }), false);
});

test('what cannot be resolved is refused, with the reason', () => {
  const latch = createSafetyLatch({ insideRamdisk: false, ownNetworkNamespace: false, devices: ['/dev/sda'] }, resolve);
  assert.throws(() => latch.permit({ kind: 'device', device: '/etc/passwd' }), {
    name: 'SafetyLatchError',
    details: 'refused to touch /etc/passwd: /etc/passwd is not a block device',
  });
});

test('a refusal names what was asked, what it really is and what may be touched', () => {
  const latch = createSafetyLatch(
    { insideRamdisk: false, ownNetworkNamespace: false, devices: ['/tmp/link@/dev/loop1'] },
    resolve,
  );
  assert.throws(() => latch.permit({ kind: 'device', device: '/tmp/link@/dev/sda' }), {
    details:
      'refused to touch /tmp/link@/dev/sda: which is /dev/sda; outside a ramdisk only devices named by --devices ' +
      'may be touched (named: /dev/loop1)',
  });
});

test('no latch is made for a named device that does not exist', () => {
  assert.throws(
    () => createSafetyLatch({ insideRamdisk: false, ownNetworkNamespace: false, devices: ['/dev/sdz'] }, resolve),
    {
      name: 'SafetyLatchError',
      details: 'cannot use /dev/sdz: /dev/sdz is not a block device',
    },
  );
});

test('an effect of an unknown kind is refused', () => {
  const effect = { kind: 'toString' } as unknown as Effect;
  assert.equal(permits({ insideRamdisk: false, ownNetworkNamespace: false, devices: ['/dev/sda'] }, effect), false);
});

test('the effect of reading is always permitted', () => {
  assert.equal(permits({ insideRamdisk: false, ownNetworkNamespace: false, devices: [] }, { kind: 'read' }), true);
});

test('inside the ramdisk everything is permitted', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        machineEffect,
        path.map((device): Effect => ({ kind: 'device', device })),
      ),
      (effect) => {
        assert.equal(permits({ insideRamdisk: true, ownNetworkNamespace: false, devices: [] }, effect), true);
      },
    ),
  );
});

test('nothing but the boolean opens it', () => {
  for (const insideRamdisk of ['true', 'false', 1, {}, null, undefined]) {
    const settings = { insideRamdisk, ownNetworkNamespace: false, devices: [] } as unknown as LatchSettings;
    assert.equal(permits(settings, { kind: 'power' }), false, String(insideRamdisk));
  }
});

const kinds = ['read', 'device', 'power', 'network', 'nvram', 'kernel'] as const;
const settingsOf = [
  { insideRamdisk: false, ownNetworkNamespace: false, permitted: ['read'] },
  { insideRamdisk: false, ownNetworkNamespace: true, permitted: ['read', 'network'] },
  { insideRamdisk: true, ownNetworkNamespace: false, permitted: kinds },
  { insideRamdisk: true, ownNetworkNamespace: true, permitted: kinds },
] as const;

for (const { permitted, ...settings } of settingsOf) {
  test(`permits exactly ${permitted.join(', ')} with ${JSON.stringify(settings)}`, () => {
    const effects = kinds.map((kind) => (kind === 'device' ? { kind, device: '/dev/sda' } : { kind }));
    const found = effects.filter((effect) => permits({ ...settings, devices: ['/dev/loop1'] }, effect));
    assert.deepEqual(
      found.map(({ kind }) => kind),
      permitted,
    );
  });
}

test('a network namespace of its own changes nothing about devices', () => {
  fc.assert(
    fc.property(fc.array(spelling, { maxLength: 4 }), spelling, (named, device) => {
      const effect: Effect = { kind: 'device', device };
      const [without, within] = [false, true].map((ownNetworkNamespace) =>
        permits({ insideRamdisk: false, ownNetworkNamespace, devices: named }, effect),
      );
      assert.equal(within, without);
    }),
  );
});

test('nothing but the boolean says that the network is its own', () => {
  for (const ownNetworkNamespace of ['true', 'false', 1, {}, null, undefined]) {
    const settings = { insideRamdisk: false, ownNetworkNamespace, devices: [] } as unknown as LatchSettings;
    assert.equal(permits(settings, { kind: 'network' }), false, String(ownNetworkNamespace));
  }
});

test('it cannot be opened or widened after it was made', () => {
  const settings = { insideRamdisk: false, ownNetworkNamespace: false, devices: ['/dev/loop1'] };
  const latch = createSafetyLatch(settings, resolve);
  settings.insideRamdisk = true;
  settings.ownNetworkNamespace = true;
  settings.devices.push('/dev/sda');
  assert.throws(() => latch.permit({ kind: 'device', device: '/dev/sda' }), SafetyLatchError);
  assert.throws(() => latch.permit({ kind: 'network' }), SafetyLatchError);
  assert.throws(() => Object.assign(latch, { open: true }), TypeError);
  assert.throws(() => (latch.devices as string[]).push('/dev/sda'), TypeError);
  assert.throws(() => Object.assign(latch, { permit: () => undefined }), TypeError);
});

test('a name is resolved again at every question, because the node behind it can change', () => {
  let target = '/dev/loop1';
  const latch = createSafetyLatch(
    { insideRamdisk: false, ownNetworkNamespace: false, devices: ['/dev/loop1'] },
    (name) => resolve(name === '/dev/x' ? target : name),
  );
  latch.permit({ kind: 'device', device: '/dev/x' });
  target = '/dev/sda';
  assert.throws(() => latch.permit({ kind: 'device', device: '/dev/x' }), SafetyLatchError);
});
