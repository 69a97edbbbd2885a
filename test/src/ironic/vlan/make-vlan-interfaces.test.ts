import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { makeVlanInterfaces } from '../../../../src/ironic/vlan/make-vlan-interfaces.ts';
import { capturedOutput } from '../../../support/captured-output.ts';
import { bootContext } from '../../boot/boot-context.ts';

const links = ({ args }: { readonly args: readonly string[] }) =>
  args.includes('show') ? capturedOutput('ip', 'links').text : '';
const noSwitch = () => Promise.reject(new Error('no switch is to be asked'));
const typed = (context: ReturnType<typeof bootContext>) => context.calls.map(({ args }) => args.join(' '));

/** Runs in a network namespace of its own, on a veth pair, as `node --eval`; prints what became of it. */
const inOwnNamespace = `
  const { createSafetyLatch } = await import('./src/core/safety-latch.ts');
  const { makeVlanInterfaces } = await import('./src/ironic/vlan/make-vlan-interfaces.ts');
  const { createToolRunner } = await import('./src/tools/run.ts');
  const log = { info: () => undefined, warn: (fields) => console.log(JSON.stringify(fields)) };
  const latch = createSafetyLatch({ insideRamdisk: false, ownNetworkNamespace: true, devices: [] }, () => {});
  const host = { latch, log, run: createToolRunner({ latch, log }) };
  await makeVlanInterfaces(['veth0.7', 'veth1'], host, async () => ({ veth1: [8] }));
`;
const prepare = 'ip link add veth0 type veth peer name veth1';

function kernelKnowsVlans(): boolean {
  try {
    execFileSync('unshare', ['-n', 'sh', '-ec', `${prepare}; ip link add link veth0 name veth0.2 type vlan id 2`], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

describe('makeVlanInterfaces', () => {
  it('does nothing where none is wanted', async () => {
    const context = bootContext();
    await makeVlanInterfaces([], context, noSwitch);
    assert.deepEqual(context.calls, []);
  });

  it('is refused before anything is done where the interfaces are not ours', async () => {
    const context = bootContext({ answer: links });
    await assert.rejects(makeVlanInterfaces(['veth0.7'], context, noSwitch), { name: 'SafetyLatchError' });
    assert.deepEqual(context.calls, []);
  });

  it('adds each interface and sets it and the one below up', async () => {
    const context = bootContext({ ownNetworkNamespace: true, answer: links });
    await makeVlanInterfaces(['veth0.7'], context, noSwitch);
    assert.deepEqual(typed(context).slice(1), [
      'link add link veth0 name veth0.7 type vlan id 7',
      'link set dev veth0 up',
      'link set dev veth0.7 up',
    ]);
    assert.ok(context.calls.slice(1).every(({ effect }) => effect.kind === 'network'));
  });

  it('sets an interface up before its switch is asked', async () => {
    const context = bootContext({ insideRamdisk: true, answer: links });
    await makeVlanInterfaces(['veth1'], context, async (names) => {
      assert.deepEqual(names, ['veth1']);
      assert.equal(typed(context).at(-1), 'link set dev veth1 up');
      return { veth1: [12] };
    });
    assert.equal(typed(context).at(-1), 'link set dev veth1.12 up');
  });

  it('goes on with the next when one cannot be made, and says which', async () => {
    const failing = (call: { readonly args: readonly string[] }) => {
      if (call.args.includes('veth0.7')) throw new Error('RTNETLINK answers: Operation not supported');
      return links(call);
    };
    const context = bootContext({ insideRamdisk: true, answer: failing });
    await makeVlanInterfaces(['veth0.7', 'veth1.8', 'eth9.1'], context, noSwitch);
    assert.equal(typed(context).at(-1), 'link set dev veth1.8 up');
    assert.match(JSON.stringify(context.lines), /eth9\.1: expected an interface.*veth0\.7.*not supported/);
  });

  it('is refused by a real kernel without VLANs only with a warning, and makes them on one that has them', (test) => {
    const script = `${prepare}; "$NODE" --input-type=module --eval "$CODE"; ip -brief link`;
    const env = { ...process.env, NODE: process.execPath, CODE: inOwnNamespace };
    const output = execFileSync('unshare', ['-n', 'sh', '-ec', script], { env, encoding: 'utf8' });
    if (kernelKnowsVlans()) assert.match(output, /^veth0\.7@veth0 .*^veth1\.8@veth1 /ms);
    else {
      test.diagnostic('this kernel has no 8021q: that interfaces are made is not tested');
      assert.match(output, /"interface":"veth0\.7","reason":.*Unknown device type.*"interface":"veth1\.8"/s);
    }
  });
});
