import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startAgent } from '../test/support/agent.ts';
import { startStandInIronic } from '../test/support/stand-in-ironic.ts';
import { print, spread } from './support/report.ts';

/**
 * From the moment from which Ironic knows the node (until then every lookup is answered with 404) to the first accepted heartbeat.
 * The moment differs from round to round, as the agent cannot know it.
 */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const seconds: number[] = [];
for (let round = 1; round <= Number(values.rounds); round += 1) {
  const ironic = await startStandInIronic();
  ironic.lookupFaults.push(...Array.from({ length: 1000 }, () => 404));
  const starting = startAgent({ ironic });
  await once(ironic, 'request'); // the agent has booted and asks
  const unknownSeconds = 3 + 9 * Math.random();
  await sleep(unknownSeconds * 1000);
  ironic.lookupFaults.length = 0;
  const known = performance.now();
  await ironic.nextHeartbeat();
  const elapsed = (performance.now() - known) / 1000;
  seconds.push(elapsed);
  const lookups = ironic.requests.filter(({ path }) => path === '/v1/lookup').length;
  print({
    bench: 'first-heartbeat',
    round,
    unknown_seconds: unknownSeconds,
    lookups,
    seconds: Number(elapsed.toFixed(3)),
  });
  await (await starting).stop();
  await ironic.close();
}
print({ bench: 'first-heartbeat', summary: true, seconds: spread(seconds) });
