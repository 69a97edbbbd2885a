import assert from 'node:assert/strict';
import { type Exchange, fieldOf } from './exchange.ts';

/** Seconds by which a loaded machine may be late. */
const slackSeconds = 3;

/** A heartbeat, as the tap saw it. */
export type Beat = Pick<Exchange, 'at' | 'endedAt' | 'status'>;

/** The heartbeats of each boot: in between the machine was off. */
export function heartbeatsByBoot(exchanges: readonly Exchange[]): readonly (readonly Beat[])[] {
  const boots: Beat[][] = [];
  for (const each of ownRequests(exchanges)) {
    if (each.path === '/v1/lookup' && each.status === 200) boots.push([]);
    if (each.path.startsWith('/v1/heartbeat/')) boots.at(-1)?.push(each);
  }
  return boots;
}

/** What Ironic allows between two heartbeats, as it told at the lookup. */
export function heartbeatTimeoutSeconds(exchanges: readonly Exchange[]): number {
  const lookup = exchanges.find(({ path, status }) => path === '/v1/lookup' && status === 200);
  const timeout = fieldOf(fieldOf(lookup?.answer, 'config'), 'heartbeat_timeout');
  assert.equal(typeof timeout, 'number', 'the node was never found');
  return Number(timeout);
}

/**
 * Throws where two heartbeats of a boot were closer than 5 s (or than the shortest regular time where that is less), unless the
 * conductor sent a request in between: then half a second. Or where they were farther than the longest regular time; after one that
 * failed the next comes within 10 s.
 */
export function assertHeartbeatPace(exchanges: readonly Exchange[]): void {
  const timeout = heartbeatTimeoutSeconds(exchanges);
  const heard = exchanges.filter(({ from }) => from === 'conductor').map(({ at }) => at);
  for (const beats of heartbeatsByBoot(exchanges)) {
    for (const [index, beat] of beats.slice(1).entries()) {
      const before = beats[index] as Beat;
      const isHeard = heard.some((at) => at > before.at && at < beat.at);
      const least = isHeard ? 0.5 : Math.min(5, 0.3 * timeout);
      const longest = before.status === 202 ? 0.6 * timeout : 10;
      const where = `between the heartbeats at ${before.at.toFixed(1)} s and ${beat.at.toFixed(1)} s`;
      assert.ok(beat.at - before.at >= least - 0.05, `less than ${least} s ${where}`);
      assert.ok(beat.at - before.endedAt <= longest + slackSeconds, `more than ${longest} s ${where}`);
    }
  }
}

function ownRequests(exchanges: readonly Exchange[]): readonly Exchange[] {
  return exchanges.filter(({ from }) => from === 'agent').sort((a, b) => a.at - b.at);
}
