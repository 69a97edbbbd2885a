import { parseLinks } from '../../../src/tools/ip.ts';
import { createNetworkNamespace, freeAddresses } from './network-namespace.ts';

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

/** Both addresses are of a network that nobody routes (RFC 5737). */
export async function createAgentNetwork(): Promise<AgentNetwork> {
  const [tapAddress = '', agentAddress = ''] = freeAddresses('198.51.100', 4, 2);
  const namespace = await createNetworkNamespace(`${tapAddress}/30`);
  await namespace.ip('address', 'add', `${agentAddress}/30`, 'dev', 'eth0');
  return {
    namespace: namespace.name,
    tapAddress,
    agentAddress,
    async upLinks() {
      return parseLinks(await namespace.ip('-json', 'link', 'show'))
        .filter(({ isUp }) => isUp)
        .map(({ name }) => name);
    },
    async [Symbol.asyncDispose]() {
      await namespace[Symbol.asyncDispose]();
    },
  };
}
