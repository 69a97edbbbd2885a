import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { commandOf } from '../test/ironic/lab/exchange.ts';
import { type FlowNeeds, type Lab, Stage } from '../test/ironic/lab/flow.ts';
import { newestIronic, oldestIronic } from '../test/ironic/lab/ironic-release.ts';
import { LabImages } from '../test/ironic/lab/lab-images.ts';
import { NodeWatch } from '../test/ironic/lab/node-watch.ts';
import { startIronic } from '../test/ironic/lab/running-ironic.ts';
import { type CycleEvent, phaseParts } from './support/cycle-parts.ts';
import { percentile, print, spread } from './support/report.ts';

/**
 * Enrol, automated clean, deploy of 64 MiB with a config drive, undeploy and clean with a real Ironic: with Ironhand, and in the same
 * round with an agent that does nothing. Each phase says where its time went.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, release: { type: 'string', default: newestIronic.name } },
});
const mebibyte = 2 ** 20;
const agents: Readonly<Record<'idle' | 'ironhand', FlowNeeds>> = {
  idle: {
    otherAgent: ({ ironicUrl, macAddress, callbackUrl }) => [
      ...[process.execPath, path.join(import.meta.dirname, 'support/idle-agent.ts')],
      ...['--ironic', ironicUrl, '--mac', macAddress, '--callback', callbackUrl],
    ],
  },
  ironhand: {},
};
const configDrive = { meta_data: { hostname: 'bench-0' }, user_data: '#!/bin/sh\necho hello\n' };

await using ironic = await startIronic(values.release === oldestIronic.name ? oldestIronic : newestIronic);
const directory = path.join(ironic.directory, 'www');
await using images = await LabImages.make(directory);
await using watch = new NodeWatch(() => ironic.api);
const instanceInfo = largeImage(path.join(directory, 'cycle.raw'));
const differences: number[] = [];
const seconds = { idle: [] as number[], ironhand: [] as number[] };
for (let round = 1; round <= Number(values.rounds); round += 1) {
  const took = { idle: 0, ironhand: 0 };
  const order = ['idle', 'ironhand'] as const;
  for (const name of round % 2 === 1 ? order : order.toReversed()) {
    took[name] = await cycle({ ironic, images, watch }, name, round);
    seconds[name].push(took[name]);
  }
  differences.push(took.ironhand - took.idle);
}
print({
  bench: 'ironic-cycle',
  summary: true,
  ironic: ironic.version,
  idle_seconds: spread(seconds.idle),
  ironhand_seconds: spread(seconds.ironhand),
  ironhand_minus_idle_seconds: spread(differences),
  target_seconds: 5,
  met: percentile(differences, 50) <= 5,
});

/** Seconds for all of it. */
async function cycle(lab: Lab, name: keyof typeof agents, round: number): Promise<number> {
  await using stage = await Stage.set(lab, `cycle-${name}-${round}`, { ...agents[name], disks: [128 * mebibyte] });
  const { node, machine, tap } = stage;
  const events: CycleEvent[] = [];
  tap.meddle((request) => {
    const { from, path: where } = request;
    events.push({ at: performance.now(), from, path: where, command: commandOf(request) });
    return 'pass';
  });
  const phase = async (label: string, act: () => Promise<unknown>): Promise<void> => {
    const from = performance.now();
    await Promise.race([act(), machine.broken]);
    const to = performance.now();
    const booted = machine.bootTimes.find((at) => at >= from) ?? from;
    print({ bench: 'ironic-cycle', agent: name, round, phase: label, ...phaseParts(events, { from, booted, to }) });
  };
  const started = performance.now();
  await stage.makeManageable();
  await phase('clean', async () => {
    await node.provision('provide');
    await node.reaches('available');
  });
  await phase('deploy', () => stage.deploy(instanceInfo, { configdrive: configDrive }));
  await phase('undeploy and clean', async () => {
    await node.provision('deleted');
    await node.reaches('available');
  });
  const took = (performance.now() - started) / 1000;
  print({ bench: 'ironic-cycle', agent: name, round, seconds: took });
  return took;
}

/** instance_info of 64 MiB without zeros, with a partition table. */
function largeImage(file: string): Readonly<Record<string, unknown>> {
  writeFileSync(file, randomBytes(64 * mebibyte));
  execFileSync('sfdisk', ['--quiet', file], { input: 'label: gpt\nstart=2048, type=linux\n' });
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  return { image_source: images.server.serve('/cycle.raw', file), image_checksum: sha256, image_disk_format: 'raw' };
}
