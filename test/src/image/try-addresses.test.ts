import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransferError } from '../../../src/image/http/transfer-error.ts';
import { tryAddresses } from '../../../src/image/try-addresses.ts';

const passing = (message = 'reset') => new TransferError(message, { passing: true });
const log = { info: () => undefined, warn: () => undefined };

/** Runs with the outcomes given, in order; tells which addresses were tried. */
async function run(addresses: readonly string[], retries: number, outcomes: readonly unknown[]) {
  const tried: string[] = [];
  const host = { signal: new AbortController().signal, log };
  const result = tryAddresses(addresses, { retries, intervalSeconds: 0 }, host, async (address) => {
    const outcome = outcomes[tried.length];
    tried.push(address);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
  return { tried, result: await result.catch((error: unknown) => error) };
}

test('goes to the next address, and round again', async () => {
  const { tried, result } = await run(['a', 'b'], 3, [passing(), passing(), passing(), 'done']);
  assert.deepEqual(tried, ['a', 'b', 'a', 'b']);
  assert.equal(result, 'done');
});

test('ends at once with an error that does not pass', async () => {
  const final = new TransferError('404', { passing: false });
  const { tried, result } = await run(['a', 'b'], 3, [final]);
  assert.deepEqual(tried, ['a']);
  assert.equal(result, final);
});

test('ends at once with an error of another kind', async () => {
  const { result } = await run(['a', 'b'], 3, [new Error('disk broke')]);
  assert.match(String(result), /disk broke/);
});

test('gives up after the rounds it was given, with the last reason', async () => {
  const { tried, result } = await run(['a', 'b'], 1, [passing(), passing(), passing(), passing('stalled')]);
  assert.equal(tried.length, 4);
  assert.match(String(result), /stalled \(gave up after 2 rounds over 2 addresses\)/);
});

test('an abort ends the wait between rounds with its reason', async () => {
  const controller = new AbortController();
  const host = { signal: controller.signal, log };
  const waiting = tryAddresses(['a'], { retries: 1, intervalSeconds: 60 }, host, () => Promise.reject(passing()));
  setTimeout(() => controller.abort(new Error('enough')), 20);
  await assert.rejects(waiting, /^Error: enough$/);
});
