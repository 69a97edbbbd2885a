import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandCatalogue } from '../../../src/commands/catalogue.ts';
import { queryCatalogue } from '../../../src/queries/catalogue.ts';

for (const [name, query] of queryCatalogue) {
  describe(`the query ${name}`, () => {
    it('is no command: nobody can post it as one', () => {
      assert.equal(commandCatalogue.has(name), false);
    });

    it('is answered by the system workers, and may be asked again', () => {
      assert.equal(query.mode, 'sync');
      assert.deepEqual(query.handling, {
        kind: 'fixed',
        queue: 'inspection',
        replay: 'repeatable',
        progress: query.handling.kind === 'fixed' ? query.handling.progress : '',
      });
    });

    it('says what it is in one sentence, and describes every parameter', () => {
      assert.match(query.summary, /^[A-Z].*[^.]\.$/);
      const { keys } = query.params.describe() as { keys: Record<string, { flags?: { description?: string } }> };
      for (const [key, { flags }] of Object.entries(keys)) assert.ok(flags?.description, key);
    });
  });
}
