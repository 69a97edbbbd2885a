import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { captureLldp } from '../../src/inspection/lldp/capture.ts';
import { createStorageHost } from './storage-host.ts';

/**
 * In a network namespace of its own (`unshare --net`): two pairs of interfaces, a switch that tells of itself by LLDP on one of
 * them, and what is heard of it.
 */
const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
for (const pair of ['0', '1']) {
  ip('link', 'add', `nic${pair}`, 'type', 'veth', 'peer', 'name', `switch${pair}`);
  ip('link', 'set', `nic${pair}`, 'up');
  ip('link', 'set', `switch${pair}`, 'up');
}
ip('link', 'add', 'down0', 'type', 'veth', 'peer', 'name', 'down1');

/** Chassis 52:54:00:00:00:fe, port Ethernet1/7, for 120 s; VLAN 1 without a tag, 101 with one. */
const frame =
  '0180c200000e5254000000fe88cc0207045254000000fe040c0545746865726e6574312f3706020078' +
  'fe060080c2010001fe0c0080c203006505766c3130310000';
const sender = spawn('python3', [
  '-c',
  `import socket, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(('switch0', 0))
while True:
    s.send(bytes.fromhex('${frame}'))
    print('sent', flush=True)
    time.sleep(0.1)`,
]);
const host = createStorageHost([]);
try {
  await once(sender.stdout, 'data');
  sender.stdout.resume();
  const heard = await captureLldp(['nic0', 'nic1', 'down0'], 5, host);
  const warned = host.entries.flatMap((entry) => (entry['interface'] === undefined ? [] : [entry]));
  const deaf = await captureLldp(['down0'], 5, host).catch((error: Error) => error.message);
  const promiscuity = /promiscuity (\d+)/.exec(ip('-details', 'link', 'show', 'nic0'))?.[1];
  process.stdout.write(JSON.stringify({ heard, warned, deaf, promiscuity }));
} finally {
  sender.kill('SIGKILL');
}
