import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, it } from 'node:test';
import type { Logger } from 'pino';
import type { ListedCommand } from '../../api/command-list.ts';
import type { Identity } from '../../api/identity.ts';
import { ServiceEnd } from '../../api/service-end.ts';
import { commandCatalogue } from '../../src/commands/catalogue.ts';
import type { JobOutcome } from '../../src/queue/command-queues.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const succeeded: JobOutcome = { kind: 'succeeded', result: null };
const failed: JobOutcome = { kind: 'failed', error: { type: 'X', code: 500, message: 'x', details: 'x' } };

function entry(name: string, outcome: JobOutcome): ListedCommand {
  return {
    command: { id: name, name, mode: 'sync', queue: 'system', sequence: 1, label: name },
    outcome,
  } as ListedCommand;
}

/** An identity in memory; `update` throws while the disk is full. */
class MemoryIdentity {
  current: Identity = {};
  isFull = false;

  update(change: Partial<Identity>): void {
    if (this.isFull) throw new Error('ENOSPC');
    this.current = { ...this.current, ...change };
  }

  forgetCredentials(): void {
    this.update({});
  }
}

const errors: string[] = [];
const logger = {
  warn: () => undefined,
  error: (_: object, message: string) => errors.push(message),
} as unknown as Logger;

describe('the end of the service', () => {
  let identity: MemoryIdentity;
  const endAt = (serviceEnd: string) =>
    new ServiceEnd({
      catalogue: commandCatalogue,
      identity,
      state: { serviceEnd, tls: path.dirname(serviceEnd) },
      logger,
    });

  beforeEach(() => {
    identity = new MemoryIdentity();
    errors.length = 0;
  });

  it('comes with the success of a command that ends it, and is on record at once', async () => {
    const end = endAt('');
    end.settled(entry('system.lockdown', succeeded));
    assert.equal(end.command, 'system.lockdown');
    assert.equal(identity.current.serviceEndedBy, 'system.lockdown');
    await end.begun;
  });

  it('does not come with its failure, nor with another command', () => {
    const end = endAt('');
    end.settled(entry('system.lockdown', failed));
    end.settled(entry('standby.sync', succeeded));
    end.settled(entry('no.such_command', succeeded));
    assert.equal(end.command, null);
    assert.deepEqual(identity.current, {});
  });

  it('comes although it cannot be put on record', async () => {
    identity.isFull = true;
    const end = endAt('');
    end.settled(entry('rescue.finalize_rescue', succeeded));
    await end.begun;
    assert.equal(end.command, 'rescue.finalize_rescue');
    assert.equal(errors.length, 1);
  });

  it('is found again by the next api, and told to the workers only when nothing listens any more', () => {
    using directory = temporaryDirectory();
    const file = path.join(directory.path, 'service-end');
    const end = endAt(file);
    end.completed();
    assert.ok(!existsSync(file));
    end.settled(entry('system.lockdown', succeeded));
    assert.ok(!existsSync(file));
    const next = endAt(file);
    assert.equal(next.command, 'system.lockdown');
    next.completed();
    assert.equal(readFileSync(file, 'utf8'), 'system.lockdown');
  });

  it('takes the TLS key along also where the token stays behind, says so, and the workers do their part', () => {
    using directory = temporaryDirectory();
    const [file, key] = ['service-end', 'agent.pem'].map((name) => path.join(directory.path, name));
    assert.ok(file && key);
    writeFileSync(key, 'a key');
    const end = endAt(file);
    end.settled(entry('system.lockdown', succeeded));
    identity.isFull = true;
    end.completed();
    assert.deepEqual(errors, ['the agent token could not be removed']);
    assert.ok(!existsSync(key));
    assert.ok(existsSync(file));
  });
});
