import type { AgentActivity, AgentStatus } from '../src/core/agent-status.ts';
import type { Progress } from '../src/core/progress.ts';
import type { RecentEvents } from '../src/log/recent-events.ts';
import { writeRootOnly } from '../src/queue/root-only-file.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import type { ListedCommand } from './command-list.ts';
import { deviceText } from './devices-message.ts';
import { lastTold, statusMessage } from './status-message.ts';

/** What the log says when Ironic has answered, or has not. */
export const ironicAnswers = ['node not found yet', 'node found', 'heartbeat accepted', 'heartbeat failed'] as const;

const lookMilliseconds = 1000;

/** What is known only to those who are started later. */
export interface StatusSources {
  ironic: readonly string[];
  url: () => string | null;
  node: () => AgentStatus['node'];
  commands: () => readonly ListedCommand[];
  missing: () => readonly string[];
  ended: () => AgentStatus['ended'];
}

/** Keeps a file true that tells the status screen how the agent stands; written at most once a second, and only where it changed. */
export class StatusFile {
  readonly #file: string;
  readonly #events: Pick<RecentEvents, 'all' | 'answer'>;
  readonly #timer: NodeJS.Timeout;
  readonly #sources: StatusSources = {
    ironic: [],
    url: () => null,
    node: () => null,
    commands: () => [],
    missing: () => [],
    ended: () => null,
  };
  #written = '';

  constructor(state: Pick<StateDir, 'status'>, events: Pick<RecentEvents, 'all' | 'answer'>) {
    this.#file = state.status;
    this.#events = events;
    this.#timer = setInterval(() => this.write(), lookMilliseconds).unref();
  }

  /** From now on these tell. */
  tell(sources: Partial<StatusSources>): void {
    Object.assign(this.#sources, sources);
  }

  /** A screen that shows something old is no reason to end. */
  write(): void {
    const text = JSON.stringify(this.#status());
    if (text === this.#written) return;
    try {
      writeRootOnly(this.#file, text);
      this.#written = text;
    } catch {
      // The directory is full, or gone: the next look tries again.
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.write();
  }

  #status(): AgentStatus {
    const { ironic, url, node, commands, missing, ended } = this.#sources;
    const told = lastTold(commands());
    return {
      pid: process.pid,
      url: url(),
      ironic,
      node: node(),
      answer: this.#events.answer,
      command: told === undefined ? null : activityOf(told),
      missing: missing(),
      events: this.#events.all,
      ended: ended(),
    };
  }
}

function activityOf(entry: ListedCommand): AgentActivity {
  const { outcome } = entry;
  const text = statusMessage([entry]);
  if (outcome.kind !== 'running') {
    const error = outcome.kind === 'failed' ? outcome.error.details : null;
    return { state: error === null ? 'done' : 'failed', text, fraction: null, devices: [], error };
  }
  const { progress } = outcome;
  const devices = Object.entries(progress?.devices ?? {}).map(([path, device]) => `${path} ${deviceText(device)}`);
  return { state: 'running', text, fraction: fractionOf(progress), devices, error: null };
}

function fractionOf(progress: Progress | null): number | null {
  if (progress === null || progress.total === null || progress.total <= 0) return null;
  return Math.min(1, progress.done / progress.total);
}
