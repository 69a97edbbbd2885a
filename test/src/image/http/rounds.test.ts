import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMirrors } from '../../../../src/image/http/mirrors.ts';
import { createRounds } from '../../../../src/image/http/rounds.ts';
import { TransferError } from '../../../../src/image/http/transfer-error.ts';
import { remoteOptions } from '../../../support/remote-options.ts';

const passing = () => new TransferError('broke', { passing: true });
const final = () => new TransferError('gone', { passing: false });
const { signal } = new AbortController();
const addresses = ['http://a/x', 'http://b/x', 'http://c/x'];

function start(more: Parameters<typeof remoteOptions>[0] = {}, urls: readonly string[] = addresses) {
  const options = remoteOptions(more);
  const rounds = createRounds(createMirrors(urls), options);
  const fail = async (error: unknown): Promise<string> => {
    await rounds.failed(error, signal);
    return new URL(rounds.current().address).host;
  };
  return { rounds, fail, logged: options.logged };
}

test('goes round all mirrors in order, as often as the policy says', async () => {
  const { fail } = start({ retries: 1 });
  const order: string[] = [];
  for (let failure = 0; failure < 5; failure += 1) order.push(await fail(passing()));
  assert.deepEqual(order, ['b', 'c', 'a', 'b', 'c']);
  await assert.rejects(fail(passing()), (error: Error) => {
    assert.equal(error.message, 'http://c/x: broke (gave up after 2 rounds over 3 addresses)');
    return true;
  });
});

test('leaves out mirrors that are given up, and ends with the reasons when there is none left', async () => {
  const { fail, logged } = start({ retries: 9 });
  assert.equal(await fail(final()), 'b');
  assert.equal(await fail(passing()), 'c');
  assert.equal(await fail(final()), 'b');
  await assert.rejects(fail(final()), /^TransferError: http:\/\/a\/x: gone; http:\/\/b\/x: gone; http:\/\/c\/x: gone$/);
  assert.equal(logged[0], 'address is not asked again: http://a/x: gone');
});

test('new bytes begin the count anew, but not the round: two that break in turns are asked with a pause', async () => {
  const { fail, rounds } = start({ retries: 1, intervalSeconds: 0.8 }, addresses.slice(0, 2));
  for (let turn = 0; turn < 4; turn += 1) {
    const started = performance.now();
    rounds.progressed();
    await fail(passing());
    rounds.progressed();
    assert.ok(performance.now() - started < 60, 'a pause within the round');
    await fail(passing());
    assert.ok(performance.now() - started >= 74, 'no pause after the round');
  }
});

test('what is no TransferError ends it at once', async () => {
  const { fail } = start();
  await assert.rejects(fail(new Error('disk is gone')), /^Error: disk is gone$/);
});
