import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { atEndOfProcess } from '../../support/at-end-of-process.ts';

export interface OwnWorldOptions {
  /** The root directory that the program gets, with what is mounted there: source to target, both absolute. */
  readonly root?: { readonly path: string; readonly binds: ReadonlyMap<string, string> };
  /** The network namespace that it gets, by the name that ip-netns(8) knows it by. */
  readonly networkNamespace?: string;
  /** Where its output goes. */
  readonly output: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Programs in process and mount namespaces of their own: they go all at once, and nothing that they mounted stays. */
export interface OwnWorld {
  readonly ended: Promise<void>;
  readonly isRunning: boolean;
  /** SIGKILL for all of them in the same moment, as when the power goes. */
  kill(): Promise<void>;
}

const script = `set -e
mount -t proc proc "$1/proc"
shift
while [ "$1" != -- ]; do
  mkdir -p "$2"
  mount --bind "$1" "$2"
  shift 2
done
shift
"$@"
exit $?`;

const live = new Set<ChildProcess>();
let armed = false;

/**
 * Starts a program below a shell that stays as the first process of the namespace, in the network namespace of this process whatever
 * the program gets. pid_namespaces(7): when the first process of a namespace dies, the kernel kills the others; unshare(1)
 * --kill-child kills that one.
 */
export function startInOwnWorld(command: readonly string[], options: OwnWorldOptions): OwnWorld {
  const { root, networkNamespace, output, env = {} } = options;
  const binds = [...(root?.binds ?? [])].flatMap(([source, target]) => [source, `${root?.path}${target}`]);
  const inside = [
    ...(networkNamespace === undefined ? [] : ['ip', 'netns', 'exec', networkNamespace]),
    ...(root === undefined ? [] : ['chroot', root.path]),
    ...command,
  ];
  const args = ['--mount', '--pid', '--fork', '--kill-child=KILL', '--', 'sh', '-c', script, 'own-world'];
  const out = openSync(output, 'a');
  const child = spawn('unshare', [...args, root?.path ?? '', ...binds, '--', ...inside], {
    stdio: ['ignore', out, out],
    env: { ...process.env, LC_ALL: 'C', ...env },
  });
  return watch(child);
}

function watch(child: ChildProcess): OwnWorld {
  if (!armed) {
    armed = true;
    atEndOfProcess(() => {
      for (const each of live) each.kill('SIGKILL');
    });
  }
  live.add(child);
  const ended = once(child, 'exit').then(() => void live.delete(child));
  return {
    ended,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
