import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';
import { atEndOfProcess } from '../../support/at-end-of-process.ts';

/** A network namespace with a cable to this one, whose other end is `eth0` there. */
export interface NetworkNamespace extends AsyncDisposable {
  /** As ip-netns(8) knows it. */
  readonly name: string;
  /** ip(8) in there; resolves with what it prints. */
  ip(...args: readonly string[]): Promise<string>;
}

let made = 0;

/** This end of the cable gets the address, which is given with its prefix. All goes with disposal or with this process. */
export async function createNetworkNamespace(address: string): Promise<NetworkNamespace> {
  const run = createRunProgram();
  made += 1;
  const [name, cable] = [`ih-lab-${process.pid}-${made}`, `ihl${process.pid}x${made}`.slice(0, 15)];
  const live = new Set([name]);
  const release = (): void => {
    for (const each of live) execFileSync('ip', ['netns', 'delete', each], { stdio: 'ignore' });
    live.clear();
  };
  await run('ip', ['netns', 'add', name]);
  atEndOfProcess(release);
  const ip = (...args: readonly string[]): Promise<string> => run('ip', ['-n', name, ...args]);
  const otherEnd = ['peer', 'name', cable, 'netns', String(process.pid)];
  try {
    await ip('link', 'add', 'eth0', 'type', 'veth', ...otherEnd);
    await run('ip', ['address', 'add', address, 'dev', cable]);
    await run('ip', ['link', 'set', cable, 'up']);
    for (const link of ['lo', 'eth0']) await ip('link', 'set', link, 'up');
  } catch (error) {
    release();
    throw error;
  }
  return {
    name,
    ip,
    async [Symbol.asyncDispose]() {
      release();
    },
  };
}

/** The first so many addresses of hosts in a subnet of a network (its first three bytes) of which nothing is in use here. */
export function freeAddresses(network: string, subnetSize: number, count: number): readonly string[] {
  const used = Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []);
  const subnets = 256 / subnetSize;
  for (let attempt = 0; attempt < subnets; attempt++) {
    const first = ((process.pid + attempt) % subnets) * subnetSize + 1;
    const addresses = Array.from({ length: count }, (_, index) => `${network}.${first + index}`);
    if (!addresses.some((each) => used.includes(each))) return addresses;
  }
  throw new Error(`every subnet of ${network}.0/24 is in use`);
}
