import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { HardwareManager } from '../../../src/core/hardware-manager.ts';
import { rankManagers } from '../../../src/hardware/rank-managers.ts';

const ranked = fc.uniqueArray(fc.record({ name: fc.string(), support: fc.integer({ min: -2, max: 4 }) }), {
  selector: ({ name }) => name,
});

function rank(managers: readonly { readonly name: string; readonly support: number }[]): readonly string[] {
  const given = managers.map(({ name, support }) => ({ manager: { name } as HardwareManager, support }));
  return rankManagers(given).map(({ name }) => name);
}

describe('the rank of hardware managers', () => {
  it('has the best first, equals by name, and those without support not at all', () => {
    const managers = [
      { name: 'b', support: 1 },
      { name: 'none', support: 0 },
      { name: 'a', support: 1 },
      { name: 'vendor', support: 9 },
      { name: 'negative', support: -1 },
    ];
    assert.deepEqual(rank(managers), ['vendor', 'a', 'b']);
  });

  it('is the same in whatever order they were found', () => {
    fc.assert(
      fc.property(ranked, (managers) => {
        assert.deepEqual(rank(managers.toReversed()), rank(managers));
        const supports = rank(managers).map((name) => managers.find((each) => each.name === name)?.support ?? 0);
        assert.deepEqual(
          supports,
          supports.toSorted((a, b) => b - a),
        );
        assert.equal(supports.length, managers.filter(({ support }) => support > 0).length);
      }),
    );
  });
});
