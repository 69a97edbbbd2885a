import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { guardedStateDir, nothingRuns, runCli, startCli } from '../../support/cli.ts';
import { httpRequest } from '../../support/http-request.ts';
import { until } from '../../support/until.ts';

/** A port that was free a moment ago: the api alone does not tell which one it took. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

describe('the parts of an agent, each started by its own command', () => {
  it('work together in whatever order they start, and each ends on its own SIGTERM', async () => {
    using state = guardedStateDir();
    const port = await freePort();
    const env = {
      IRONHAND_STATE_DIR: state.path,
      IRONHAND_STANDALONE: 'yes',
      IRONHAND_AGENT_TOKEN: '678123',
      IRONHAND_LISTEN_HOST: '127.0.0.1',
      IRONHAND_LISTEN_PORT: String(port),
      IRONHAND_ENABLE_AUTO_TLS: 'no',
    };
    const commands = [['worker', '--group', 'system'], ['api'], ['redis'], ['worker', '--group', 'storage']];
    const parts = commands.map((args) => startCli(args, { env }));
    const output = () => parts.map(({ stderr, stdout }) => stdout + stderr).join('\n');

    const post = (wait: boolean) =>
      httpRequest(`http://127.0.0.1:${port}/v1/commands/?wait=${wait}&agent_token=678123`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'clean.get_clean_steps', params: { node: { uuid: 'a' }, ports: [] } }),
      }).catch(() => null);
    await until(async () => (await post(true))?.status === 200, { withinMs: 20_000, what: 'an answer' }).catch(
      (error) => {
        throw new Error(output(), { cause: error });
      },
    );
    const answer = await post(true);
    // The storage worker is not needed for that answer, and a process that SIGTERM reaches before it is ready has no drain.
    const readyWorkers = () => output().match(/"worker ready"/g)?.length ?? 0;
    await until(() => readyWorkers() === 2, { withinMs: 20_000, what: 'both workers' });
    assert.match(answer?.text ?? '', /"command_status": ?"SUCCEEDED".*"erase_devices_metadata"/, output());

    const health = async (part: string) => {
      const { code, stderr } = await runCli(['health', part], { env });
      return code === 0 ? 'well' : stderr;
    };
    const names = ['redis', 'api', 'storage', 'system'];
    assert.deepEqual(await Promise.all(names.map(health)), ['well', 'well', 'well', 'well']);
    parts[3]?.child.kill('SIGTERM');
    assert.equal(await parts[3]?.ended(), 0);
    assert.match(await health('storage'), /expected workers of the group storage .*, heard from none/);
    assert.equal(await health('system'), 'well');

    for (const { child } of parts.slice(0, 3)) child.kill('SIGTERM');
    assert.deepEqual(await Promise.all(parts.map((part) => part.ended())), [0, 0, 0, 0], output());
    await nothingRuns(state.path);
    for (const part of ['redis', 'system']) assert.match(await health(part), /redis\.sock/);
    assert.match(await health('api'), /ECONNREFUSED/);
    assert.ok(existsSync(path.join(state.path, 'redis')), 'what a boot remembers stays');
  });
});
