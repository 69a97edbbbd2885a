import { readFileSync } from 'node:fs';
import { prepareStateDir } from '../../../src/queue/state-dir.ts';

/** Prepares every directory that its parent names, at the same time as its siblings, and tells what it found there. */
process.once('message', ({ roots }: { readonly roots: readonly string[] }) => {
  const results = roots.map((root) => {
    try {
      const state = prepareStateDir(root, process.argv[2] ?? '');
      return `${readFileSync(state.redisPassword, 'utf8')} ${readFileSync(state.jobKey, 'utf8')}`;
    } catch (error) {
      return String(error);
    }
  });
  process.send?.({ results });
  process.disconnect();
});
