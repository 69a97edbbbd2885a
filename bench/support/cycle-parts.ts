/** A request between an agent and a conductor. */
export interface CycleEvent {
  /** By performance.now(). */
  readonly at: number;
  readonly from: 'agent' | 'conductor';
  readonly path: string;
  /** `clean.execute_clean_step`; null for what is no command. */
  readonly command: string | null;
}

export interface PhaseTimes {
  readonly from: number;
  /** When the machine was switched on. */
  readonly booted: number;
  readonly to: number;
}

/** Where the time of a phase with one step went: seconds of each part, in their order. They add up to the whole. */
export interface PhaseParts {
  readonly seconds: number;
  /** Ironic switches the machine on. */
  readonly power: number;
  /** The agent starts, until its first lookup. */
  readonly start: number;
  /** Until its first heartbeat. */
  readonly meet: number;
  /** The conductor asks for the steps, and sends one. */
  readonly ask: number;
  /** The step, and the wait until a heartbeat may follow. */
  readonly step: number;
  /** From that heartbeat until the conductor has looked: long when it met a locked node. */
  readonly look: number;
  /** What the conductor does afterwards. */
  readonly end: number;
  /** Heartbeats that nothing came of. */
  readonly lost_heartbeats: number;
}

export function phaseParts(all: readonly CycleEvent[], { from, booted, to }: PhaseTimes): PhaseParts {
  const events = all.filter(({ at }) => at >= booted && at <= to);
  const isBeat = (event: CycleEvent): boolean => event.path.startsWith('/v1/heartbeat/');
  const first = (what: string, isIt: (event: CycleEvent) => boolean, after = booted): number => {
    const found = events.find((event) => event.at > after && isIt(event));
    if (!found) throw new Error(`no ${what} in this phase`);
    return found.at;
  };
  const lookup = first('lookup', ({ path }) => path === '/v1/lookup');
  const beat = first('heartbeat', isBeat);
  const sent = first('step', ({ command }) => /execute_\w+_step$/.test(command ?? ''), beat);
  const beatAfter = first('heartbeat after the step', isBeat, sent);
  const looked = first('look', ({ from: who, command }) => who === 'conductor' && command === null, beatAfter);
  const part = (since: number, until: number): number => (until - since) / 1000;
  return {
    seconds: part(from, to),
    power: part(from, booted),
    start: part(booted, lookup),
    meet: part(lookup, beat),
    ask: part(beat, sent),
    step: part(sent, beatAfter),
    look: part(beatAfter, looked),
    end: part(looked, to),
    lost_heartbeats: events.filter((event) => isBeat(event) && event.at > beatAfter && event.at < looked).length,
  };
}
