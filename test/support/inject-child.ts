import { start, text } from './installed-system.ts';

/**
 * A process that injects files into a disk, and is killed between the first and the second of them, while the file system is
 * mounted for writing: `inject-child.ts DEVICE`.
 */
const [path] = process.argv.slice(2);
if (!path) throw new Error('usage: inject-child.ts DEVICE');

const files = ['/etc/a', '/etc/b'].map((file) => ({ path: file, content: text(file) }));
await start(
  { path },
  { files },
  { change: () => ({ report: ({ done }) => done === 1 && process.kill(process.pid, 'SIGKILL') }) },
).done;
