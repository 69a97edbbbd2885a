import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** The barest Node server that sends the same bytes, in a process of its own: what no api in Node can beat. */
export interface BareServer extends AsyncDisposable {
  readonly url: string;
}

const program = `
const body = require('node:fs').readFileSync(0);
const server = require('node:http').createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

export async function startBareServer(body: string): Promise<BareServer> {
  const child: ChildProcess = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin?.end(body);
  const [port] = child.stdout ? await once(child.stdout.setEncoding('utf8'), 'data') : [];
  return {
    url: `http://127.0.0.1:${String(port).trim()}/`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
