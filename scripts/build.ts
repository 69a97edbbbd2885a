import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleAgent, processEntries } from './bundle/bundle-agent.ts';
import { bundleDir, bundleStamp, sourceStamp } from './cli/bundle.ts';

/**
 * `npm run build`: one file for each process in dist/, which starts in half the time and takes less memory than the sources. The
 * launcher uses it while it is of exactly these sources. Two builds at once do not disturb each other.
 */
const stamp = sourceStamp();
const unfinished = mkdtempSync(`${bundleDir}-`);
try {
  await bundleAgent(processEntries, unfinished);
  writeFileSync(path.join(unfinished, path.basename(bundleStamp)), stamp);
  rmSync(bundleDir, { recursive: true, force: true });
  renameSync(unfinished, bundleDir);
} finally {
  rmSync(unfinished, { recursive: true, force: true });
}
process.stdout.write(`built ${path.relative(process.cwd(), bundleDir)}\n`);
