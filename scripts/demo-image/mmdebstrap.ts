import type { RunProgram } from './run-program.ts';

/**
 * Runs mmdebstrap(1) in a mount namespace of its own. It mounts /proc, /sys and parts of /dev into the root that it makes; where it is
 * killed in the middle they would stay there, and who removes that root would reach into the machine by them.
 */
export async function mmdebstrap(run: RunProgram, args: readonly string[]): Promise<void> {
  await run('unshare', ['--mount', 'mmdebstrap', ...args]).catch((error: Error) => {
    throw new Error(error.message.replace(/^unshare\b/, 'mmdebstrap'), { cause: error });
  });
}
