import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLogger } from '../../../src/log/logger.ts';
import { RecentEvents } from '../../../src/log/recent-events.ts';

function logged() {
  const events = new RecentEvents(['heartbeat failed'], { write: () => undefined });
  return { events, logger: createLogger({ name: 'api', debug: true, destination: events }) };
}

it('remembers the last eight lines with their reason, secrets masked, and no debugging', () => {
  const { events, logger } = logged();
  for (let count = 1; count <= 9; count++) logger.info(`line ${count}`);
  logger.debug('a detail');
  logger.warn({ err: new Error('refused http://u:geheim@host/') }, 'heartbeat failed');
  assert.equal(events.all.length, 8);
  assert.equal(events.all[0]?.text, 'line 3');
  assert.equal(events.all.at(-1)?.text, 'heartbeat failed: refused http://***@host/');
  assert.equal(events.all.at(-1)?.isBad, true);
});

it('keeps the last answer, whatever follows', () => {
  const { events, logger } = logged();
  logger.warn({ reason: '503' }, 'heartbeat failed');
  for (let count = 1; count <= 9; count++) logger.info(`line ${count}`);
  assert.equal(events.answer?.text, 'heartbeat failed: 503');
});
