import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConductorClient } from '../test/support/conductor-client.ts';
import { createImageServer } from '../test/support/image-server.ts';
import { createLoopDevice } from '../test/support/loop-device.ts';
import { StandInIronic } from '../test/support/stand-in-ironic.ts';
import { compareDevice } from './demo/compare-device.ts';
import { conduct } from './demo/conduct.ts';
import { DemoAgent } from './demo/running-agent.ts';
import { chapter, endOver, say } from './demo/say.ts';
import { buildDemoImage } from './demo-image.ts';

const sectorBytes = 512;
/** Protective MBR and GPT header: they tell the size of the disk and where the backup is, so they differ on a larger one. */
const sectorsAboutTheDisk = [0, 1];
const spareBytes = 256 * 2 ** 20;

const { keep } = parseArgs({ options: { keep: { type: 'boolean', default: false } } }).values;
const interrupted = Promise.withResolvers<never>();
const cleanUps: (() => unknown)[] = [];

/** Deploys a real image to a real block device, as Ironic would, and proves that it arrived. */
async function demo(): Promise<void> {
  chapter('A bootable disk image, built from Debian packages');
  const image = await buildDemoImage({ cacheDir: path.join(import.meta.dirname, '../.cache') });
  say(`    ${image.path}: ${Math.round(image.sizeBytes / 2 ** 20)} MiB, sha256 ${image.sha256}`);

  chapter('A machine: a loop device, a stand-in Ironic, an image server, and the agent');
  const work = mkdtempSync(path.join(tmpdir(), 'ironhand-demo-'));
  cleanUps.push(() => rmSync(work, { recursive: true, force: true }));
  const disk = await createLoopDevice({ sizeBytes: image.sizeBytes + spareBytes });
  cleanUps.push(() => disk[Symbol.asyncDispose]());
  cleanUpInOrderOnSignals();
  const server = await createImageServer();
  cleanUps.push(() => server[Symbol.asyncDispose]());
  const ironic = new StandInIronic({ requireTls: true, heartbeatTimeout: 30 });
  await ironic.listen();
  cleanUps.push(() => ironic.close());
  const heartbeat = ironic.nextHeartbeat();
  const agent = new DemoAgent(
    [
      ['--api-url', ironic.url],
      ['--mac-addresses', '52:54:00:12:34:56'],
      ['--listen-host', '127.0.0.1'],
      ['--listen-port', '0'],
      ['--image-allowed-networks', '127.0.0.0/8'],
      ['--devices', disk.path],
      ['--state-dir', path.join(work, 'state')],
      ['--dashboard', 'yes'],
      ['--dashboard-password', 'demo'],
    ].flat(),
    path.join(work, 'agent.log'),
  );
  cleanUps.push(() => agent.stop());
  say(`    ${await agent.ready()}`);
  const { callback_url: callbackUrl, agent_verify_ca: verifyCa } = await heartbeat;
  say(`    disk ${disk.path}, Ironic ${ironic.url}, log ${path.join(work, 'agent.log')}`);
  say(`    looked up node ${ironic.node.uuid}; first heartbeat from ${callbackUrl}`);
  say(`    dashboard: ${callbackUrl}/dashboard (user ironhand, password demo)`);

  const conductor = new ConductorClient({ callbackUrl, token: ironic.token, verifyCa: verifyCa ?? null });
  cleanUps.push(() => conductor.close());
  const url = server.serve('/demo.raw', image.path);
  await conduct({ conductor, node: ironic.node, image: { url, sha256: image.sha256, name: 'demo.raw' } });

  chapter('Proof: what the device holds');
  await prove(image.path, disk.path);
  if (keep) {
    say(`\nLeft running for a look around; Ctrl-C ends it and cleans up.`);
    const heldOpen = setInterval(() => undefined, 60_000);
    cleanUps.push(() => clearInterval(heldOpen));
    await interrupted.promise;
  }
}

async function prove(image: string, device: string): Promise<void> {
  const { comparedBytes, sectors } = await compareDevice(image, device, sectorBytes);
  const unexpected = sectors.filter((sector) => !sectorsAboutTheDisk.includes(sector));
  if (unexpected.length > 0) throw new Error(`${device} differs from the image in sectors ${unexpected.join(', ')}`);
  const table = execFileSync('sgdisk', ['--verify', device], { encoding: 'utf8' });
  if (!table.includes('No problems found')) throw new Error(`sgdisk --verify ${device}: ${table}`);
  say(`    ${comparedBytes} bytes read back past the page cache: identical to the image, byte for byte,`);
  say(`    but for sectors ${sectors.join(' and ')} (protective MBR, GPT header), which now describe this larger disk`);
  say(`    sgdisk --verify: ${table.split('\n').find((line) => line.includes('No problems'))}`);
}

/** The loop device comes with an emergency exit of its own, which would take the disk away from under the agent. */
function cleanUpInOrderOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => interrupted.reject(new Error(`ended by ${signal}`)));
  }
}

async function cleanUp(): Promise<void> {
  for (const step of cleanUps.splice(0).reverse()) await step();
}

cleanUpInOrderOnSignals();
interrupted.promise.catch(() => undefined);
try {
  await Promise.race([demo(), interrupted.promise]);
  say('\nDone. Everything that was started is stopped, and nothing is left behind.');
} catch (error) {
  endOver();
  process.stderr.write(`\ndemo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
