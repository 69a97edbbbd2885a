import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'chronyd', package: 'chrony', optional: true };

const waitSeconds = 30;

/** Sets the clock once and ends; the directives stand for the configuration file. A daemon that runs has another pid file. */
function setClockArgs(server: string): readonly string[] {
  return ['-q', '-t', String(waitSeconds), `server ${server} iburst`, 'pidfile /run/ironhand-chronyd.pid'];
}

/** Throws ToolError where no server answers. */
export async function setClockByChronyd(run: RunTool, server: string): Promise<void> {
  const args = setClockArgs(server);
  await run({ program: need.program, args, effect: { kind: 'kernel' }, timeoutSeconds: waitSeconds + 10 });
}
