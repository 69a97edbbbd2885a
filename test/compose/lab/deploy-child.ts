// Runs in a network namespace of its own (see compose.test.ts) and tells what the agent in containers does there.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { WireCommand } from '../../support/agent.ts';
import { gptImage } from '../../support/gpt-image.ts';
import { httpRequest } from '../../support/http-request.ts';
import { createImageServer } from '../../support/image-server.ts';
import { createLoopDevice } from '../../support/loop-device.ts';
import { fencedBlocks, readPage } from '../../support/markdown.ts';
import { stepRequest } from '../../support/step-request.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { bytesOf, sha256 } from '../../support/written-disk.ts';
import { ComposeProject } from './compose-project.ts';
import { startDockerEngine } from './docker-engine.ts';

const MiB = 1024 * 1024;
const api = 'https://127.0.0.1:9999/v1/commands/';
const token = 'agent_token=678123';
const services = ['redis', 'api', 'storage', 'system'];

async function post(name: string, params: object, wait: boolean): Promise<WireCommand> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name, params });
  const { json } = await httpRequest(`${api}?wait=${wait}&${token}`, { method: 'POST', headers, body });
  return json as WireCommand;
}

/** As it stands; null while nobody answers. */
async function look(id: string): Promise<WireCommand | null> {
  const reply = await httpRequest(`${api}${id}?${token}`).catch(() => null);
  return reply?.status === 200 ? (reply.json as WireCommand) : null;
}

const commands = fencedBlocks(readPage('README.md')).find(({ heading }) => heading === 'In containers')?.text ?? '';
const typed = commands.replaceAll(/^# /gm, '');

execFileSync('ip', ['link', 'set', 'lo', 'up']);
using folder = temporaryDirectory();
await using disk = await createLoopDevice({ sizeBytes: 128 * MiB });
await using engine = await startDockerEngine(path.join(folder.path, 'engine'));
// The address of the machine on the engine's own bridge.
await using images = await createImageServer(undefined, '172.17.0.1');
const project = new ComposeProject(path.join(folder.path, 'project'), engine);
await project.run(typed.replace(/( compose up)$/m, '$1 --detach').replace('/dev/loop5', disk.path));
await project.healthy(services, { withinMs: 120_000, everyMs: 500 });

const capabilities: Record<string, string> = {};
for (const service of services) {
  const status = await project.inside(service, 'cat', '/proc/1/status');
  capabilities[service] = /^CapEff:\s+0*([0-9a-f]+)$/m.exec(status)?.[1] ?? '';
}

const image = gptImage({ sizeBytes: 128 * MiB });
const url = images.serve('/disk.raw', image, { bytesPerSecond: 8 * MiB, etag: '"1"' });
const info = { id: 'disk.raw', urls: [url], checksum: sha256(image), disk_format: 'raw' };
const { id } = await post('deploy.execute_deploy_step', stepRequest('write_image', { image_info: info }), false);
const written = (bytes: number) =>
  until(async () => ((await look(id))?.progress?.done ?? 0) >= bytes, {
    withinMs: 90_000,
    everyMs: 200,
    what: 'bytes',
  });
await written(64 * MiB); // there is a checkpoint after 5 s
await project.kill('storage');
await project.kill('api');
const ended = await until(
  async () => {
    const command = await look(id);
    return command !== null && command.command_status !== 'RUNNING' && command;
  },
  { withinMs: 120_000, everyMs: 200, what: 'the end of the deployment' },
);
execFileSync('partx', ['--delete', disk.path]);
const result = ended.command_result as { deploy_result?: { image: { resumed_from: number | null } } } | null;
const isSame = sha256(bytesOf(disk)) === sha256(image);

const logs = await post('log.collect_system_logs', {}, true);
await project.run('docker compose down --volumes');
const left = await Promise.all([engine.docker('ps', '-aq'), engine.docker('volume', 'ls', '-q')]);
process.stdout.write(
  JSON.stringify({
    capabilities,
    status: ended.command_status,
    error: ended.command_error,
    isResumed: (result?.deploy_result?.image.resumed_from ?? 0) > 0,
    isSame,
    logs: logs.command_status,
    left: left.join(''),
  }),
);
