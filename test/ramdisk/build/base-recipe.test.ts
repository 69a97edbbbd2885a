import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { architectures } from '../../../ramdisk/build/architectures.ts';
import { baseRecipe, orderedPackages } from '../../../ramdisk/build/base-recipe.ts';
import { noCustomisation } from '../../../ramdisk/build/customisation.ts';
import { toolNeeds } from '../../../ramdisk/build/tool-needs.ts';
import { small } from '../../../ramdisk/profiles/small.ts';
import { standard } from '../../../ramdisk/profiles/standard.ts';

const architecture = architectures.x86_64;
const needs = await toolNeeds();

for (const profile of [standard, small])
  suite(`recipe of the profile ${profile.name}`, () => {
    const recipe = baseRecipe({ architecture, profile, customisation: noCustomisation }, needs);

    test('leaves out only programs that some wrapper declares, and that it can do without', () => {
      for (const program of profile.withoutPrograms) {
        const need = needs.find((each) => each.program === program);
        assert.equal(need?.optional, true, program);
      }
    });

    test('has the package of every other program of src/tools', () => {
      const rest = needs.filter(({ program }) => !profile.withoutPrograms.includes(program));
      assert.ok(rest.length > 30);
      for (const need of rest) assert.ok(recipe.whole.includes(need.package), need.program);
      assert.deepEqual(recipe.needs, rest);
    });
  });

suite('recipe of a customised ramdisk', () => {
  test('has the added packages and modules, and apt is asked for kernel and single files too', () => {
    const customisation = { ...noCustomisation, packages: ['htop'], firmware: ['firmware-x'], modules: ['fs/btrfs'] };
    const recipe = baseRecipe({ architecture, profile: small, customisation }, needs);
    assert.deepEqual(recipe.added, ['firmware-x', 'htop']);
    assert.deepEqual(recipe.addedModules, ['fs/btrfs']);
    const standardRecipe = baseRecipe({ architecture, profile: standard, customisation }, needs);
    for (const name of ['linux-image-amd64', 'openssh-client', 'htop'])
      assert.ok(orderedPackages(standardRecipe).includes(name));
    assert.equal(standardRecipe.whole.includes('openssh-client'), false);
  });

  test('has what a login by ssh takes where there is a key, in each profile', () => {
    const customisation = { ...noCustomisation, sshKeys: ['/a.pub'] };
    const recipe = baseRecipe({ architecture, profile: small, customisation }, needs);
    assert.ok(recipe.whole.includes('openssh-server'));
    assert.deepEqual(recipe.files, standard.files);
  });
});
