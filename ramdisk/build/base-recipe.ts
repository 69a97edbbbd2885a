import type { ToolNeed } from '../../src/core/tool.ts';
import type { Profile } from '../profiles/profile.ts';
import { ssh } from '../profiles/ssh.ts';
import type { Architecture } from './architectures.ts';
import type { BaseRecipe } from './base/build-base.ts';
import type { Customisation } from './customisation.ts';

/** From what is asked for to what is built: the packages of the programs that are needed come to those of the profile. */
export function baseRecipe(
  {
    architecture,
    profile,
    customisation,
  }: { architecture: Architecture; profile: Profile; customisation: Customisation },
  toolNeeds: readonly ToolNeed[],
): BaseRecipe {
  const needs = toolNeeds.filter(({ program }) => !profile.withoutPrograms.includes(program));
  const { packages, firmware, modules, sshKeys } = customisation;
  const login = sshKeys.length > 0 ? ssh : { packages: [], files: {} };
  return {
    architecture,
    whole: [...new Set([...needs.map((need) => need.package), ...profile.packages, ...login.packages])].sort(),
    added: [...packages, ...firmware].sort(),
    files: { ...profile.files, ...login.files },
    leftOut: profile.leftOut,
    modules: profile.modules,
    addedModules: modules,
    withoutModules: profile.withoutModules,
    needs,
  };
}

/** What apt is asked for. */
export function orderedPackages({ architecture, whole, added, files }: BaseRecipe): readonly string[] {
  return [...new Set([...whole, ...added, ...Object.keys(files), architecture.kernelPackage])].sort();
}
