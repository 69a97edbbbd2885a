import type { AgentState } from '../core/agent-state.ts';
import type { RunTool } from '../core/tool.ts';
import { type BmcAddresses, hasBmc, noBmc, readBmc } from './bmc.ts';

/** The addresses of the BMC, asked for once in a boot, and never where Ironic said at the lookup that it does without. */
export async function rememberedBmc(run: RunTool, state: AgentState, isThere = hasBmc): Promise<BmcAddresses> {
  if ((await state.read('lookupSettings'))?.skipBmcDetect || !isThere()) return noBmc;
  const known = await state.read('bmc');
  if (known !== null) return known;
  const found = await readBmc(run);
  await state.write('bmc', found);
  return found;
}
