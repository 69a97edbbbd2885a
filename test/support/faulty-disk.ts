import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ByteRange } from '../../src/storage/device-io/byte-range.ts';
import { atEndOfProcess } from './at-end-of-process.ts';
import { until } from './until.ts';

const execute = promisify(execFile);

/**
 * A loop device over a file of nbdfuse(1), behind which a shell script of nbdkit-eval-plugin(1) serves a backing file: real I/O
 * errors from a real block device, at places that may change while it runs. Slow: each request starts a shell.
 */
export interface FaultyDisk extends AsyncDisposable {
  readonly path: string;
  /** What is really on it. */
  readonly backingFile: string;
  readonly sizeBytes: number;
  /** These give EIO to whatever touches them. */
  failWrites(...ranges: readonly ByteRange[]): void;
  failReads(...ranges: readonly ByteRange[]): void;
  /** The requests that touch these change nothing, and report success. */
  dropWrites(...ranges: readonly ByteRange[]): void;
  /** Nothing answers any more: each request fails. */
  vanish(): Promise<void>;
}

const faultFiles = { failWrites: 'fail-writes', failReads: 'fail-reads', dropWrites: 'drop-writes' } as const;

/** `hit COUNT OFFSET FILE`: does the request touch one of the ranges in the file? */
const hit =
  'hit() { while read -r start end; do [ "$2" -lt "$end" ] && [ $(($2 + $1)) -gt "$start" ] && return 0; done <"$3"; ' +
  'return 1; }; bad() { echo EIO bad place >&2; exit 1; }; ';

/** nbdkit-sh-plugin(3): $3 is the count, $4 the offset; data on the standard streams. */
function serveArguments(directory: string, backingFile: string, sizeBytes: number): readonly string[] {
  const file = (name: keyof typeof faultFiles): string => path.join(directory, faultFiles[name]);
  const read = `dd if=${backingFile} iflag=skip_bytes,count_bytes,fullblock skip="$4" count="$3" bs=1M status=none`;
  const write = `dd of=${backingFile} oflag=seek_bytes iflag=fullblock conv=notrunc seek="$4" bs=1M status=none`;
  return [
    `get_size=echo ${sizeBytes}`,
    'can_write=exit 0',
    'can_flush=exit 0',
    'flush=exit 0',
    `pread=${hit}hit "$3" "$4" ${file('failReads')} && bad; ${read}`,
    `pwrite=${hit}hit "$3" "$4" ${file('failWrites')} && { cat >/dev/null; bad; }; ` +
      `hit "$3" "$4" ${file('dropWrites')} && { cat >/dev/null; exit 0; }; ${write}`,
  ];
}

const live = new Map<string, () => void>();
let armed = false;

/** `await using disk = await createFaultyDisk({ sizeBytes })`: without a fault until it is told of one. Needs root and /dev/fuse. */
export async function createFaultyDisk(options: {
  readonly sizeBytes: number;
  readonly sectorBytes?: 512 | 4096;
}): Promise<FaultyDisk> {
  arm();
  const { sizeBytes, sectorBytes = 512 } = options;
  const directory = await mkdtemp(path.join(tmpdir(), 'ironhand-faulty-'));
  const backingFile = path.join(directory, 'backing.img');
  const mountPoint = path.join(directory, 'fuse');
  const pidFile = path.join(directory, 'pid');
  mkdirSync(mountPoint);
  for (const name of Object.values(faultFiles)) writeFileSync(path.join(directory, name), '');
  writeFileSync(backingFile, '');
  await truncate(backingFile, sizeBytes);
  const served = path.join(mountPoint, 'disk');
  const nbdkit = ['nbdkit', '-s', 'eval', ...serveArguments(directory, backingFile, sizeBytes)];
  // Ends with this process, whatever becomes of it: setpriv(1).
  const server = spawn('setpriv', ['--pdeathsig', 'TERM', 'nbdfuse', '-P', pidFile, served, '--command', ...nbdkit], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  let held: number | null = null;
  const release = (): void => {
    live.delete(directory);
    if (held !== null) closeSync(held);
    endServer(server, mountPoint);
    rmSync(directory, { recursive: true, force: true });
  };
  live.set(directory, release);
  const exited = once(server, 'exit');
  let loop: string;
  try {
    await until(() => existsSync(pidFile) || server.exitCode !== null, { withinMs: 20_000, what: 'nbdfuse serves' });
    if (server.exitCode !== null) throw new Error(`nbdfuse ended with ${server.exitCode}`);
    const flags = ['--direct-io=on', '--sector-size', String(sectorBytes)];
    loop = (await execute('losetup', ['--find', '--show', ...flags, served])).stdout.trim();
    held = openSync(loop, 'r');
    // Busy as it is, it is detached when nobody has it open any more: also when this process is killed.
    await execute('losetup', ['--detach', loop]);
    await execute('blockdev', ['--setrw', loop]);
  } catch (error) {
    release();
    throw error;
  }
  const setFaults =
    (name: keyof typeof faultFiles) =>
    (...ranges: readonly ByteRange[]): void =>
      writeFileSync(
        path.join(directory, faultFiles[name]),
        ranges.map(({ start, end }) => `${start} ${end}\n`).join(''),
      );
  return {
    path: loop,
    backingFile,
    sizeBytes,
    failWrites: setFaults('failWrites'),
    failReads: setFaults('failReads'),
    dropWrites: setFaults('dropWrites'),
    async vanish() {
      server.kill('SIGKILL');
      await exited;
    },
    async [Symbol.asyncDispose]() {
      if (live.has(directory)) release();
    },
  };
}

/** Synchronous, so that it also works while the process ends. */
function endServer(server: ChildProcess, mountPoint: string): void {
  try {
    execFileSync('fusermount3', ['-u', '-z', mountPoint], { stdio: 'ignore' });
  } catch {
    // It had not mounted yet, or has unmounted at its end.
  }
  server.kill('SIGTERM');
}

function releaseAll(): void {
  for (const release of live.values()) {
    try {
      release();
    } catch (error) {
      process.stderr.write(`cannot release a faulty disk: ${String(error)}\n`);
    }
  }
}

function arm(): void {
  if (armed) return;
  armed = true;
  atEndOfProcess(releaseAll);
}
