import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';
import { parseLinks } from '../../../src/tools/ip.ts';
import { atEndOfProcess } from '../../support/at-end-of-process.ts';

/** A network namespace for one agent, with a cable to this one. */
export interface AgentNetwork extends AsyncDisposable {
  /** As ip-netns(8) knows it. */
  readonly namespace: string;
  /** This end of the cable. */
  readonly tapAddress: string;
  /** That end. */
  readonly agentAddress: string;
  /** The interfaces there that are up. */
  upLinks(): Promise<readonly string[]>;
}

let made = 0;

/** The cable goes with the namespace, and the namespace with its disposal or with this process. */
export async function createAgentNetwork(): Promise<AgentNetwork> {
  const run = createRunProgram();
  made += 1;
  const [namespace, cable] = [`ih-lab-${process.pid}-${made}`, `ihl${process.pid}x${made}`.slice(0, 15)];
  const [tapAddress, agentAddress] = freeAddresses();
  const live = new Set([namespace]);
  const release = (): void => {
    for (const name of live) execFileSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
    live.clear();
  };
  await run('ip', ['netns', 'add', namespace]);
  atEndOfProcess(release);
  const inside = ['-n', namespace];
  await run('ip', [
    ...inside,
    'link',
    'add',
    'eth0',
    'type',
    'veth',
    'peer',
    'name',
    cable,
    'netns',
    String(process.pid),
  ]);
  await run('ip', ['address', 'add', `${tapAddress}/30`, 'dev', cable]);
  await run('ip', ['link', 'set', cable, 'up']);
  await run('ip', [...inside, 'address', 'add', `${agentAddress}/30`, 'dev', 'eth0']);
  for (const link of ['lo', 'eth0']) await run('ip', [...inside, 'link', 'set', link, 'up']);
  return {
    namespace,
    tapAddress,
    agentAddress,
    async upLinks() {
      const links = parseLinks(await run('ip', [...inside, '-json', 'link', 'show']));
      return links.filter(({ isUp }) => isUp).map(({ name }) => name);
    },
    async [Symbol.asyncDispose]() {
      release();
    },
  };
}

/** Both addresses of a subnet (/30) of a network that nobody routes (RFC 5737). */
function freeAddresses(): readonly [string, string] {
  const used = Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []);
  for (let attempt = 0; attempt < 64; attempt++) {
    const first = ((process.pid + attempt) % 64) * 4;
    const [here, there] = [`198.51.100.${first + 1}`, `198.51.100.${first + 2}`];
    if (!used.includes(here)) return [here, there];
  }
  throw new Error('every subnet of 198.51.100.0/24 is in use');
}
