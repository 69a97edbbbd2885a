import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { queueNames } from '../../../src/core/queue-name.ts';
import { type JobData, JobSigner, type UnsignedJobData } from '../../../src/queue/job-data.ts';
import { prepareStateDir } from '../../../src/queue/state-dir.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function newSigner(): JobSigner {
  using dir = temporaryDirectory();
  return new JobSigner(prepareStateDir(dir.path, '11111111-1111'));
}

const signer = newSigner();

const jsonObject = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<Record<string, unknown>>;
const unsigned: fc.Arbitrary<UnsignedJobData> = fc.record({
  command: fc.string(),
  params: jsonObject,
  acceptedAt: fc.string(),
});
const queueName = fc.constantFrom(...queueNames);
const id = fc.uuid();

/** As it comes out of Redis. */
function stored(data: JobData): JobData {
  return JSON.parse(JSON.stringify(data)) as JobData;
}

/** The same value with the keys of every object in the opposite order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, reordered(inner)]));
}

/** The same text for the same value, whatever the order of its keys. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${textOf(inner)}`)
    .sort()}}`;
}

const forged = { name: 'JobSignatureError', message: /the signature does not match; it is not run/ };

describe('the signature of a job', () => {
  it('holds for what comes out of Redis, whatever the order of its keys', () => {
    fc.assert(
      fc.property(queueName, id, unsigned, (queue, jobId, data) => {
        const signed = stored(signer.sign(queue, jobId, data));
        signer.verify(queue, jobId, signed);
        signer.verify(queue, jobId, { ...signed, params: reordered(signed.params) as JobData['params'] });
      }),
    );
  });

  it('does not hold in another queue or under another id', () => {
    fc.assert(
      fc.property(queueName, queueName, id, id, unsigned, (queue, otherQueue, jobId, otherId, data) => {
        const signed = signer.sign(queue, jobId, data);
        if (queue !== otherQueue) assert.throws(() => signer.verify(otherQueue, jobId, signed), forged);
        if (jobId !== otherId) assert.throws(() => signer.verify(queue, otherId, signed), forged);
      }),
    );
  });

  it('does not hold for another command, other parameters or another time', () => {
    fc.assert(
      fc.property(queueName, id, unsigned, unsigned, (queue, jobId, data, other) => {
        const signed = signer.sign(queue, jobId, data);
        for (const key of ['command', 'params', 'acceptedAt'] as const) {
          const changed = { ...signed, [key]: other[key] };
          if (textOf(other[key]) === textOf(data[key])) continue;
          assert.throws(() => signer.verify(queue, jobId, changed), forged);
        }
      }),
    );
  });

  it('does not hold when one value deep inside is another, or of another type', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
        fc.pre(textOf(value) !== textOf(other));
        const around = (inner: unknown) => ({ command: 'a.b', params: { a: [{ b: inner }] }, acceptedAt: '' });
        const { signature } = signer.sign('erase', 'x', around(value));
        assert.throws(() => signer.verify('erase', 'x', { ...around(other), signature }), forged);
      }),
    );
  });

  it('cannot be made with another key', () => {
    const data = { command: 'a.b', params: {}, acceptedAt: '' };
    assert.throws(() => signer.verify('erase', 'x', newSigner().sign('erase', 'x', data)), forged);
  });

  for (const [what, signature] of [
    ['missing', undefined],
    ['empty', ''],
    ['cut off', 'abc'],
    ['no text', 7],
    ['an object', {}],
    ['of the right length', 'A'.repeat(43)],
  ] as const) {
    it(`is refused when it is ${what}`, () => {
      const data = { command: 'a.b', params: {}, acceptedAt: '', signature } as unknown as JobData;
      assert.throws(() => signer.verify('erase', 'x', data), forged);
    });
  }

  for (const data of [null, undefined, 'text', 7, []]) {
    it(`is refused when the whole job data is ${JSON.stringify(data)}`, () => {
      assert.throws(() => signer.verify('erase', 'x', data as unknown as JobData), forged);
    });
  }
});
