// Runs in a network namespace of its own (see lockdown.test.ts) and tells what system.lockdown does there.
import { execFileSync } from 'node:child_process';
import { parseLinks } from '../../src/tools/ip.ts';
import { startAgent } from './agent.ts';
import { noLongerServed } from './no-longer-served.ts';
import { until } from './until.ts';

const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
const upLinks = (): readonly string[] =>
  parseLinks(ip('-json', 'link', 'show'))
    .filter(({ isUp }) => isUp)
    .map(({ name }) => name)
    .sort();
const onlyLoopback = (what: string): Promise<unknown> =>
  until(() => upLinks().join() === 'lo', { withinMs: 10_000, what });

ip('link', 'set', 'lo', 'up');
ip('link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'usb0');
for (const name of ['veth0', 'usb0']) ip('link', 'set', name, 'up');

await using agent = await startAgent({ args: ['--own-network-namespace'] });
const before = upLinks();
const { pids } = agent;
const { command_status, command_result } = await agent.accepted('system.lockdown', {}, { wait: true });
await noLongerServed(agent);
await onlyLoopback('interfaces down');
const arePidsTheSame = JSON.stringify(agent.pids) === JSON.stringify(pids);

// A worker that dies in between is followed by one that does what is left.
ip('link', 'set', 'veth0', 'up');
await agent.replaced('worker-system', await agent.kill('worker-system'));
await onlyLoopback('interface down again');
await agent.replaced('api', await agent.kill('api'));
await until(() => agent.log.split('the service of this agent has ended').length === 3, {
  withinMs: 10_000,
  what: 'silent api',
});
await noLongerServed(agent);
process.stdout.write(JSON.stringify({ before, command_status, command_result, arePidsTheSame }));
