import type { CommandRecords } from '../../src/core/command-records.ts';
import type { JobContext } from '../../src/core/job-context.ts';

/** A boot without commands, and a large result that is parsed at once instead of being stored. */
export function jobRecords(): Pick<JobContext, 'commandRecords' | 'storeResult'> {
  const commandRecords: CommandRecords = { all: async () => [], log: async () => [] };
  return {
    commandRecords,
    async storeResult(write) {
      const pieces: string[] = [];
      await write((text) => void pieces.push(text));
      return JSON.parse(pieces.join('')) as object;
    },
  };
}
