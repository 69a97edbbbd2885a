import type { AgentStatus } from '../core/agent-status.ts';

/** One network port, as the person in front of the machine can tell it. */
export interface PortView {
  readonly name: string;
  readonly mac: string;
  readonly hasLink: boolean;
  readonly addresses: readonly string[];
}

/** All that the screen is made of: what the api told, and what can be seen without it. */
export interface MachineView {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly version: string;
  readonly machine: string;
  readonly ports: readonly PortView[];
  readonly status: AgentStatus | null;
  /** Whether who wrote the status still runs. */
  readonly isApiAlive: boolean;
  /** Why the agent could not be prepared; null where it could, or nobody tried yet. */
  readonly prepareError: string | null;
  /** Services that should run and do not. */
  readonly down: readonly string[];
}

/** What matters most, in a word or two, and why. */
export interface Headline {
  readonly state: string;
  readonly text: string;
}

const starting: Headline = { state: 'STARTING', text: 'the agent is being started' };

export function headline(view: MachineView): Headline {
  const { status, isApiAlive, prepareError } = view;
  if (status?.ended === 'rescued')
    return { state: 'RESCUED', text: 'this machine is being rescued: the agent is silent' };
  if (status?.ended) return { state: 'SERVICE ENDED', text: 'nothing is served any more in this boot' };
  if (prepareError !== null) return { state: 'NOT PREPARED', text: `trying again: ${prepareError}` };
  const unreached = waitingForNetwork(view);
  if (status === null) return unreached ?? starting;
  if (!isApiAlive) return { state: 'RESTARTING', text: 'the api is not running; work goes on in the workers' };
  return working(status) ?? conversation(status, unreached);
}

function working({ command }: AgentStatus): Headline | null {
  if (command?.state === 'running') return { state: 'RUNNING', text: command.text };
  if (command?.state === 'failed') return { state: 'FAILED', text: `${command.text}: ${command.error}` };
  return null;
}

function conversation({ node, ironic, answer, url, command }: AgentStatus, unreached: Headline | null): Headline {
  const last = command === null ? '' : `, ${command.text}`;
  if (ironic.length === 0) return url === null ? starting : { state: 'READY', text: `without Ironic${last}` };
  if (node !== null && answer?.isBad === false)
    return { state: 'READY', text: `waiting for commands of Ironic${last}` };
  if (unreached !== null) return unreached;
  return { state: 'WAITING FOR IRONIC', text: answer?.text ?? 'no answer yet' };
}

/** Null where any port has an address by which others reach it. */
function waitingForNetwork({ ports }: MachineView): Headline | null {
  if (ports.some(({ addresses }) => addresses.some((address) => !isLinkLocal(address)))) return null;
  const told = ports.map(({ name, hasLink }) => `${name} (${hasLink ? 'link, no address' : 'no link'})`);
  return { state: 'WAITING FOR NETWORK', text: told.join(', ') || 'no network port found' };
}

function isLinkLocal(address: string): boolean {
  return /^(fe80:|169\.254\.)/i.test(address);
}
