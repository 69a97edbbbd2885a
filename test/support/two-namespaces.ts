import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { atEndOfProcess } from './at-end-of-process.ts';

const execute = promisify(execFile);

export interface Side {
  /** Of the network namespace. */
  readonly name: string;
  readonly address: string;
}

export interface TwoNamespaces extends AsyncDisposable {
  readonly sides: readonly [Side, Side];
}

let made = 0;

/** Two network namespaces with a cable between them, gone at disposal and at the end of the process. */
export async function createTwoNamespaces(): Promise<TwoNamespaces> {
  const name = (side: string): string => `ih-${process.pid}-${made}${side}`;
  const pair: readonly [Side, Side] = [
    { name: name('a'), address: '192.0.2.1' },
    { name: name('b'), address: '192.0.2.2' },
  ];
  const sides: Side[] = [...pair];
  made += 1;
  const release = (): void => {
    for (const { name: left } of sides.splice(0)) execFileSync('ip', ['netns', 'delete', left], { stdio: 'ignore' });
  };
  atEndOfProcess(release);
  for (const side of pair) await execute('ip', ['netns', 'add', side.name]);
  const [one, other] = pair;
  // Both ends are made inside, so that the namespace of the machine never sees them.
  await execute('ip', [
    '-n',
    one.name,
    'link',
    'add',
    'eth0',
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    other.name,
  ]);
  for (const side of pair) {
    await execute('ip', ['-n', side.name, 'address', 'add', `${side.address}/24`, 'dev', 'eth0']);
    await execute('ip', ['-n', side.name, 'link', 'set', 'eth0', 'up']);
  }
  return {
    sides: pair,
    async [Symbol.asyncDispose]() {
      release();
    },
  };
}
