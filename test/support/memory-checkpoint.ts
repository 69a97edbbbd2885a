import type { JobCheckpoint } from '../../src/core/job-context.ts';

/** A checkpoint as the real one keeps it (a copy, as JSON), without a file. */
export function memoryCheckpoint(): JobCheckpoint {
  let saved = 'null';
  return {
    read: () => JSON.parse(saved) as unknown,
    save: (value) => {
      saved = JSON.stringify(value);
    },
  };
}
