import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { prepare } from '../../scripts/cli/prepare.ts';
import { apiProcess } from '../../scripts/cli/process-table.ts';
import { freePort } from '../support/free-port.ts';
import { httpRequest } from '../support/http-request.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const activate = '/usr/bin/systemd-socket-activate';
const child = path.join(import.meta.dirname, '../support/listening-child.ts');

it('the api serves on the socket that systemd listens on, with no more permissions than it has otherwise', {
  skip: existsSync(activate) ? false : 'systemd is not installed',
}, async (t) => {
  using directory = temporaryDirectory();
  const { config, state } = await prepare({
    argv: { stateDir: path.join(directory.path, 'state'), standalone: true },
    configFiles: [],
    configDirs: [],
  });
  const { program, args } = apiProcess(config, state);
  assert.ok(args.includes('--permission'));
  const port = await freePort();
  const listening = spawn(activate, ['-l', `127.0.0.1:${port}`, program, ...args.slice(0, -1), child], {
    stdio: ['ignore', 2, 2],
  });
  t.after(() => listening.kill('SIGKILL'));
  const ask = () => httpRequest(`http://127.0.0.1:${port}/`).catch(() => null);
  const answer = await until(ask, { withinMs: 30_000, everyMs: 100, what: 'an answer' });
  assert.deepEqual(answer.json, { pid: listening.pid, port });
});
