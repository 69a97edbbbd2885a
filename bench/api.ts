import { Agent as HttpAgent, request } from 'node:http';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { type RunningAgent, startAgent } from '../test/support/agent.ts';
import { startBareServer } from './support/bare-server.ts';
import { percentile, print, spread } from './support/report.ts';

/**
 * The api beside the barest Node server that sends the same bytes, in the same rounds: POST of a trivial asynchronous command
 * until a GET shows SUCCEEDED, and the command list with 200 entries.
 */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const entries = 200;
let runs = 0;
const keepAlive = new HttpAgent({ keepAlive: true, maxSockets: 1 });

await using agent = await startAgent();
for (const seenBy of ['wait', 'polling'] as const) {
  const latencies: number[] = [];
  for (let command = 0; command < entries / 2; command += 1) latencies.push(await postUntilSucceeded(agent, seenBy));
  // The first ones warm the processes up.
  const warm = latencies.slice(20);
  print({
    bench: 'post-to-succeeded',
    seen_by: seenBy,
    commands: warm.length,
    p50_ms: percentile(warm, 50),
    p99_ms: percentile(warm, 99),
    max_ms: percentile(warm, 100),
  });
}

const listUrl = `${agent.url}/v1/commands/?agent_token=${agent.token}`;
const body = await (await fetch(listUrl)).text();
await using bare = await startBareServer(body);
const bareUrl = bare.url;
const ratios: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  const order = [listUrl, bareUrl];
  const rates = new Map<string, number>();
  for (const url of round % 2 === 1 ? order : order.toReversed()) {
    const { requests, latency } = await autocannon({ url, connections: 10, duration: 3 });
    rates.set(url, requests.average);
    const server = url === listUrl ? 'ironhand' : 'bare node';
    print({
      bench: 'list-200',
      round,
      server,
      requests_per_s: requests.average,
      p50_ms: latency.p50,
      p99_ms: latency.p99,
    });
  }
  ratios.push((rates.get(listUrl) ?? 0) / (rates.get(bareUrl) ?? 1));
}
print({ bench: 'list-200', summary: true, bytes: body.length, ratio_to_bare_node: spread(ratios) });
keepAlive.destroy();

/**
 * Milliseconds from the POST of install_bootloader (whole disk, no UEFI: nothing to do) until the api says SUCCEEDED: told by the
 * answer to `wait=true`, or seen by a GET in a loop, which keeps one of the two cores busy with asking.
 */
async function postUntilSucceeded({ url, token }: RunningAgent, seenBy: 'wait' | 'polling'): Promise<number> {
  const started = performance.now();
  runs += 1;
  let seen = await exchange('POST', `${url}/v1/commands/?wait=${seenBy === 'wait'}&agent_token=${token}`, {
    name: 'image.install_bootloader',
    // The same again would not be run again.
    params: { root_uuid: null, ignore_bootloader_failure: runs % 2 === 0 },
  });
  while (seen.command_status === 'RUNNING') {
    seen = await exchange('GET', `${url}/v1/commands/${seen.id}?agent_token=${token}`);
  }
  if (seen.command_status !== 'SUCCEEDED') throw new Error(`the trivial command is ${seen.command_status}`);
  return performance.now() - started;
}

interface SeenCommand {
  readonly id: string;
  readonly command_status: string;
}

function exchange(method: string, url: string, content?: object): Promise<SeenCommand> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent: keepAlive }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text) as SeenCommand));
    });
    sent.on('error', reject);
    sent.end(content ? JSON.stringify(content) : undefined);
  });
}
