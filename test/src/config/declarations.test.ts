import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { optionDeclarations } from '../../../src/config/declarations.ts';
import { defaultOf, type OptionDeclaration } from '../../../src/config/option.ts';
import { optionRows } from '../../../src/config/option-table.ts';
import { parseOptionValue } from '../../../src/config/option-value.ts';

const rows = optionRows();

function assertUnique(what: string, values: readonly (string | null)[]) {
  const given = values.filter((value) => value !== null);
  assert.equal(new Set(given).size, given.length, `two options share one ${what}`);
}

describe('the option declarations', () => {
  it('share no name, kernel parameter, variable or flag', () => {
    assertUnique(
      'name',
      rows.map((row) => `${row.group}.${row.name}`),
    );
    assertUnique(
      'kernel parameter',
      rows.map((row) => row.kernelParameter),
    );
    assertUnique(
      'variable',
      rows.map((row) => row.environmentVariable),
    );
    assertUnique(
      'flag',
      rows.map((row) => row.flag),
    );
  });

  it('let exactly one option come from the environment only', () => {
    assert.deepEqual(
      rows.filter((row) => row.flag === null).map((row) => row.environmentVariable),
      ['IRONHAND_RAMDISK'],
    );
  });

  it('keep every password and token secret', () => {
    const secrets = rows.filter((row) => row.secret).map((row) => row.name);
    assert.deepEqual(secrets.sort(), ['agent_token', 'dashboard_password', 'image_server_password']);
    assert.deepEqual(
      rows.filter((row) => /password|token$|secret/.test(row.name) && !row.secret),
      [],
    );
  });

  for (const row of rows) {
    it(`${row.name} has a name in snake case, a sentence of help and a default that its own schema takes`, () => {
      const option: OptionDeclaration<unknown> = optionDeclarations[row.key];
      assert.match(row.name, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      assert.match(row.help, /^[A-Z].*\.$/);
      assert.match(row.kernelParameter ?? 'BOOTIF', /^(ipa-[a-z-]+|BOOTIF)$/);
      const value = defaultOf(option, { ipv6: true, rootInMemory: false, ownNetworkNamespace: false });
      assert.deepEqual(parseOptionValue(option, value, 'default'), value);
    });
  }
});
