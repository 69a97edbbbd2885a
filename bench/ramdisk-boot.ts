import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type FileTree, putFile } from '../ramdisk/build/file-tree.ts';
import { cpioArchive } from '../ramdisk/build/output/cpio.ts';
import type { Manifest } from '../ramdisk/build/output/manifest.ts';
import { compress } from '../ramdisk/build/output/segments.ts';
import { type BootTimes, bootTimesFile, readBootTimes } from '../scripts/docs/ramdisk-boot-times.ts';
import { ConductorClient } from '../test/support/conductor-client.ts';
import { freePort } from '../test/support/free-port.ts';
import { startStandInIronic } from '../test/support/stand-in-ironic.ts';
import { hostAddress, type UserNetwork } from '../test/vm/lab/network-card.ts';
import { VirtualMachine } from '../test/vm/lab/virtual-machine.ts';
import { print, spread } from './support/report.ts';

/**
 * From the kernel's hand-over to init until the first accepted heartbeat, and until the first command that needs a worker is answered;
 * beside the same machine with the same ramdisk that starts nothing of ours but waits for its network, too, and then runs `node -e` that
 * listens on a port; one of each in a round.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    record: { type: 'boolean', default: false },
    ramdisk: { type: 'string', default: path.join(import.meta.dirname, '../out/ramdisk/standard-x86_64') },
  },
});

const handOver = /Run \/init as init process/;
const bareListens = 'bare Node listens';
const patienceSeconds = 300;

/** The kernel says when it hands over only at this level; both machines print as much. */
const kernelSays = 'console=ttyS0 loglevel=7 panic=-1';

const bareUnits = {
  'bare-node.target': '[Unit]\nRequires=bare-node.service\nAfter=bare-node.service\n',
  'bare-node.service': [
    '[Unit]',
    'Wants=network-online.target systemd-networkd.service systemd-udev-settle.service',
    'After=network-online.target systemd-udev-settle.service',
    '[Service]',
    `ExecStart=/usr/bin/node -e "require('net').createServer().listen(9999, () => require('fs').writeFileSync('/dev/console', '${bareListens}\\\\n'))"`,
    '',
  ].join('\n'),
};

/** Boots; `follow` is told at the hand-over, with a clock that counts the seconds from there. */
async function boot<T>(
  initramfs: string,
  commandLine: string,
  follow: (vm: VirtualMachine, seconds: () => number) => Promise<T>,
  forwards: UserNetwork['forwards'] = [],
): Promise<T> {
  await using vm = new VirtualMachine({
    name: 'ironhand-bench',
    disks: [{ id: 'disk', bus: 'virtio', sizeBytes: 1024 ** 3 }], // without one the workers wait for it
    cards: [{ id: 'net0', macAddress: '52:54:00:00:00:01', cable: { kind: 'user', forwards } }],
  });
  const kernel = path.join(values.ramdisk, 'vmlinuz');
  await vm.start({ from: 'kernel', kernel, initramfs, commandLine: `${kernelSays} ${commandLine}` });
  await vm.serial.waitFor(handOver, patienceSeconds);
  const started = performance.now();
  try {
    return await follow(vm, () => (performance.now() - started) / 1000);
  } catch (cause) {
    throw new Error(`the machine did not come up; it said\n${vm.serial.lastLines(40).join('\n')}`, { cause });
  }
}

/** Seconds to the first heartbeat, and until what a conductor asks at that of a deployment is answered. */
async function bootAgent(initramfs: string): Promise<{ readonly heartbeat: number; readonly command: number }> {
  const ironic = await startStandInIronic();
  try {
    const port = await freePort();
    const parameters = [
      `ipa-api-url=${ironic.url.replace('127.0.0.1', hostAddress)}`,
      ...['ipa-advertise-host=127.0.0.1', `ipa-advertise-port=${port}`],
    ].join(' ');
    const follow = async (_: VirtualMachine, seconds: () => number) => {
      const { callback_url: callbackUrl, agent_verify_ca: verifyCa = null } = await ironic.nextHeartbeat(
        AbortSignal.timeout(patienceSeconds * 1000),
      );
      const heartbeat = seconds();
      const conductor = new ConductorClient({ callbackUrl, token: ironic.token, verifyCa });
      try {
        await conductor.getSteps('deploy', { node: ironic.node, ports: [] });
      } finally {
        conductor.close();
      }
      return { heartbeat, command: seconds() };
    };
    return await boot(initramfs, parameters, follow, [{ host: '127.0.0.1', port, guestPort: 9999 }]);
  } finally {
    await ironic.close();
  }
}

/** Seconds until it listens. */
async function bootBare(initramfs: string): Promise<number> {
  return await boot(initramfs, 'systemd.unit=bare-node.target', async (vm, seconds) => {
    await vm.serial.waitFor(new RegExp(bareListens), patienceSeconds);
    return seconds();
  });
}

/** For docs/ramdisk-sizes.md, under the name that its sizes have there. */
async function record(times: BootTimes): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(values.ramdisk, 'manifest.json'), 'utf8')) as Manifest;
  const all = { ...readBootTimes(), [`${manifest.profile} ${manifest.architecture}`]: times };
  await writeFile(bootTimesFile, `${JSON.stringify(all, null, 2)}\n`);
}

const directory = await mkdtemp(path.join(tmpdir(), 'ironhand-boot-'));
try {
  const initramfs = path.join(values.ramdisk, 'initramfs');
  const units: FileTree = new Map();
  for (const [name, text] of Object.entries(bareUnits)) putFile(units, `etc/systemd/system/${name}`, text);
  const bareInitramfs = path.join(directory, 'initramfs');
  // What lies in a later segment is laid over what is in an earlier one.
  await writeFile(
    bareInitramfs,
    Buffer.concat([await readFile(initramfs), await compress(cpioArchive(units), 'zstd-1')]),
  );
  const rounds: { readonly agent: number; readonly command: number; readonly bare: number }[] = [];
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    // Which of the two comes first changes from round to round.
    const early = round % 2 === 0 ? await bootBare(bareInitramfs) : null;
    const { heartbeat: agent, command } = await bootAgent(initramfs);
    const bare = early ?? (await bootBare(bareInitramfs));
    rounds.push({ agent, command, bare });
    const seconds = { heartbeat_seconds: agent, first_command_seconds: command, bare_node_seconds: bare };
    print({ bench: 'ramdisk-boot', round, ...seconds, ratio: agent / bare });
  }
  const heartbeatSeconds = spread(rounds.map(({ agent }) => agent));
  const firstCommandSeconds = spread(rounds.map(({ command }) => command));
  const bareNodeSeconds = spread(rounds.map(({ bare }) => bare));
  const ratio = spread(rounds.map(({ agent, bare }) => agent / bare));
  print({
    bench: 'ramdisk-boot',
    summary: true,
    heartbeat_seconds: heartbeatSeconds,
    first_command_seconds: firstCommandSeconds,
    bare_node_seconds: bareNodeSeconds,
    ratio,
    target: 2,
  });
  if (values.record)
    await record({ rounds: rounds.length, heartbeatSeconds, firstCommandSeconds, bareNodeSeconds, ratio });
} finally {
  await rm(directory, { recursive: true, force: true });
}
