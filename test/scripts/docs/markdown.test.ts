import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import joi from 'joi';
import { table } from '../../../scripts/docs/markdown.ts';
import { parameterTable } from '../../../scripts/docs/parameter-table.ts';

suite('tables of the generated pages', () => {
  test('are not broken by a bar or a line break in a cell', () => {
    assert.equal(table(['a'], [['x | y\n  z']]), '| a |\n|---|\n| x \\| y z |');
  });

  test('show parameters with their type, need, default and meaning, those within objects too', () => {
    const schema = joi.object({
      image: joi
        .object({ urls: joi.array().items(joi.string()).required().description('Where it is.') })
        .required()
        .description('What to write.'),
      mode: joi.string().valid('fast', 'safe').default('safe').description('How.'),
    });
    const lines = parameterTable(schema).split('\n').slice(2);
    assert.deepEqual(lines, [
      '| `image` | object | yes |  | What to write. |',
      '| `image.urls` | array of string | yes |  | Where it is. |',
      '| `mode` | one of "fast", "safe" | no | `"safe"` | How. |',
    ]);
    assert.equal(parameterTable(joi.object({})), 'No parameters.');
  });
});
