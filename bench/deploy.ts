import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import autocannon from 'autocannon';
import { type RunningAgent, startAgent } from '../test/support/agent.ts';
import { cpuSecondsOf, perProcess, sum } from './support/agent-cost.ts';
import { startBareServer } from './support/bare-server.ts';
import { openBenchCache } from './support/bench-cache.ts';
import { createBenchDisk } from './support/bench-disk.ts';
import { makeBenchImage } from './support/bench-image.ts';
import { startFileServer } from './support/file-server.ts';
import { readWhole } from './support/page-map.ts';
import { print, spread } from './support/report.ts';

/**
 * A whole deployment step through REST, queue and worker (write_image, SHA-256, partition table), against L: dd with O_DIRECT
 * and blocks of 4 MiB from the page cache to the same loop device in the same round. CPU and memory are those of all processes
 * of the agent. After that ten connections read the list of 200 commands as fast as they can while an image is written, and the
 * same bytes from the barest Node server.
 */
const { values } = parseArgs({
  options: { mib: { type: 'string', default: '2048' }, rounds: { type: 'string', default: '5' } },
});
const MiB = 1024 * 1024;
const imageBytes = Number(values.mib) * MiB;
const execute = promisify(execFile);
await using cache = await openBenchCache();
const { directory, forms } = await makeBenchImage(cache.directory, imageBytes);
const { file: image, sha256: digest } = forms.raw;
await using server = await startFileServer(directory);
await using disk = await createBenchDisk(imageBytes + 512 * MiB);
await using agent = await startAgent({ devices: [disk.path] });
await sleep(2000);
const url = `${server.origin}/image.raw`;

const ratios: number[] = [];
const costs: { readonly cpuSeconds: number; readonly peakMibAboveIdle: number }[] = [];
for (let round = 1; round <= Number(values.rounds); round += 1) {
  let limit = 0;
  let write = 0;
  const dd = async (): Promise<void> => {
    limit = await seconds(() =>
      execute('dd', [`if=${image}`, `of=${disk.path}`, 'bs=4M', 'oflag=direct', 'conv=fsync']),
    );
    print({ bench: 'deploy', round, case: 'dd', seconds: limit });
  };
  const ironhand = async (): Promise<void> => {
    const cost = startCost(agent);
    write = await seconds(() => deploy(agent, url, digest));
    const { cpuSeconds, peakMibAboveIdle } = cost();
    costs.push({ cpuSeconds, peakMibAboveIdle });
    print({ bench: 'deploy', round, case: 'ironhand', seconds: write, cpuSeconds, peakMibAboveIdle });
  };
  for (const run of round % 2 === 1 ? [dd, ironhand] : [ironhand, dd]) {
    await disk.poison(imageBytes);
    await readWhole(image);
    await run();
  }
  ratios.push(write / limit);
}
print({
  bench: 'deploy',
  summary: true,
  mib: imageBytes / MiB,
  ratio_to_dd: spread(ratios),
  cpu_seconds: spread(costs.map(({ cpuSeconds }) => cpuSeconds)),
  peak_mib_above_idle: spread(costs.map(({ peakMibAboveIdle }) => peakMibAboveIdle)),
});

for (let filled = 0; filled < 200; filled += 1) {
  await agent.accepted('standby.get_partition_uuids', {}, { wait: true });
}
const list = `${agent.url}/v1/commands/?agent_token=${agent.token}`;
await using bare = await startBareServer(await (await fetch(list)).text());
for (const [name, target] of [
  ['ironhand', list],
  ['bare node', bare.url],
  ['bare node', bare.url],
  ['ironhand', list],
] as const) {
  await readWhole(image);
  const [{ requests, latency }, took] = await Promise.all([
    autocannon({ url: target, connections: 10, duration: 3 }),
    seconds(() => deploy(agent, url, digest)),
  ]);
  print({
    bench: 'list-while-writing',
    server: name,
    connections: 10,
    requests_per_s: requests.average,
    p50_ms: latency.p50,
    p99_ms: latency.p99,
    write_seconds: took,
  });
}
async function deploy(agent: RunningAgent, url: string, digest: string): Promise<void> {
  const imageInfo = { id: 'image.raw', urls: [url], disk_format: 'raw', os_hash_algo: 'sha256', os_hash_value: digest };
  const { id } = await agent.accepted('deploy.execute_deploy_step', {
    step: { step: 'write_image', interface: 'deploy', args: { image_info: imageInfo } },
    node: { uuid: 'bench', extra: { at: performance.now() } }, // the same again would not be run again
    ports: [],
  });
  const { command_status: status, command_error: error } = await agent.ended(id, 120_000);
  if (status !== 'SUCCEEDED') throw new Error(`write_image is ${status}: ${error?.details}`);
}

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return Number(((performance.now() - started) / 1000).toFixed(3));
}

/** CPU of all processes, and the highest resident memory of all together above that at the start, sampled ten times a second. */
function startCost(agent: RunningAgent) {
  const resident = (): number => sum(perProcess(agent, residentMib));
  const idle = resident();
  const cpu = sum(perProcess(agent, cpuSecondsOf));
  let peak = idle;
  const timer = setInterval(() => {
    peak = Math.max(peak, resident());
  }, 100);
  return () => {
    clearInterval(timer);
    return {
      cpuSeconds: Number((sum(perProcess(agent, cpuSecondsOf)) - cpu).toFixed(2)),
      peakMibAboveIdle: Math.round(peak - idle),
    };
  };
}

function residentMib(pid: number): number {
  const [, kib] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}
