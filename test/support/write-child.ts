import { jobCheckpoint } from '../../src/queue/checkpoint-store.ts';
import { prepareStateDir } from '../../src/queue/state-dir.ts';
import { startWrite } from './written-disk.ts';

/**
 * A process that writes one image, to be killed: `write-child.ts DEVICE IMAGE_INFO CONFIG [STATE_DIR]`, the middle ones as JSON.
 * With a state directory its checkpoint is a file there, as that of a real worker is. Tells on standard output, one JSON object
 * a line, what it logs; that the write has begun (`begun`), that it ended well (`written`) or not (`failed`).
 */
const [device, imageInfo, config, stateDir] = process.argv.slice(2);
if (!device || !imageInfo || !config) throw new Error('usage: write-child.ts DEVICE IMAGE_INFO CONFIG [STATE_DIR]');

const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const state = stateDir ? prepareStateDir(stateDir, '00000000-1111-4222-8333-444444444444') : null;

const { context, written } = await startWrite({ path: device }, JSON.parse(imageInfo), {
  config: JSON.parse(config),
  ...(state ? { checkpoint: jobCheckpoint(state, 'job'), spoolDir: state.spool } : {}),
});
let told = 0;
let begun = false;
function tellNews(): void {
  for (; told < context.entries.length; told += 1) tell(context.entries[told] ?? {});
  if (!begun && context.reports.length > 0) tell({ message: 'begun' });
  begun ||= context.reports.length > 0;
}
const timer = setInterval(tellNews, 5);
try {
  const { digest, resumedFrom } = await written;
  tellNews();
  tell({ message: 'written', digest, resumedFrom });
} catch (error) {
  tellNews();
  tell({ message: 'failed', error: String(error) });
} finally {
  clearInterval(timer);
}
tell({ message: 'memory', peakKib: process.resourceUsage().maxRSS });
