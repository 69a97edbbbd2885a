/**
 * Runs in a network namespace of its own, where the port of multicast DNS is free: `ironhand prepare` twice, first with a responder
 * on the loopback interface, then without. Prints what was told each time, as JSON.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { capturedAnswer, startMdnsResponder } from './mdns-responder.ts';

const program = path.join(import.meta.dirname, '../../scripts/ironhand.mjs');
const args = [
  program,
  'prepare',
  ...process.argv.slice(2),
  '--mdns-interfaces',
  '127.0.0.1',
  '--own-network-namespace',
];
// The mark of the test runner looks like an option, and would be warned of.
const { IRONHAND_TEST_DIRECTORY: _, ...env } = process.env;
const prepare = async (): Promise<string> => (await promisify(execFile)(process.execPath, args, { env })).stderr;

const responder = await startMdnsResponder(() => [capturedAnswer('ironic')], { port: 5353 });
const first = await prepare();
responder.close();
process.stdout.write(JSON.stringify([first, await prepare()]));
