import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startAgent } from '../test/support/agent.ts';
import { perProcess, sum, ussMibOf } from './support/agent-cost.ts';
import { print, spread } from './support/report.ts';

/** From exec of `ironhand agent` to its ready line, Redis included, and where the memory goes when it idles. */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const seconds: number[] = [];
for (let round = 1; round <= Number(values.rounds); round += 1) {
  const started = performance.now();
  await using agent = await startAgent();
  const elapsed = (performance.now() - started) / 1000;
  seconds.push(elapsed);
  print({ bench: 'start', round, seconds: Number(elapsed.toFixed(3)) });
  if (round < Number(values.rounds)) continue;
  await sleep(5000);
  const uss = perProcess(agent, (pid) => Math.round(ussMibOf(pid)));
  print({
    bench: 'idle-memory',
    uss_mib: uss,
    total_mib: sum(uss),
    launcher_mib: Math.round(ussMibOf(agent.launcherPid)),
  });
}
print({ bench: 'start', summary: true, seconds: spread(seconds) });
