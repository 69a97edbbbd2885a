import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface PeerCost {
  readonly seconds: number;
  /** User and system time of all its processes. */
  readonly cpuSeconds: number;
}

/** dd with O_DIRECT and whole blocks, and fsync(2) at its end. */
const toDisk = 'dd of="$1" bs=4M iflag=fullblock oflag=direct conv=fsync status=none';

/** L: from the page cache. */
export function ddLocal(device: string, file: string): Promise<PeerCost> {
  return shell('dd if="$2" of="$1" bs=4M oflag=direct conv=fsync status=none', [device, file]);
}

/** As people do it by hand, with SHA-256 of OpenSSL, which is several times faster than sha256sum(1). */
export function curlOpensslDd(device: string, url: string): Promise<PeerCost> {
  return shell(
    `mkfifo "$TMPDIR/copy"; openssl dgst -sha256 <"$TMPDIR/copy" >"$TMPDIR/digest" &
     curl -sSf "$2" | tee "$TMPDIR/copy" | ${toDisk}; wait; test -s "$TMPDIR/digest"`,
    [device, url],
  );
}

/** Without a checksum. */
export function curlZstdDd(device: string, url: string): Promise<PeerCost> {
  return shell(`curl -sSf "$2" | zstd -q -d | ${toDisk}`, [device, url]);
}

/** From a file on this machine, without a checksum; zeros as holes. */
export function qemuImgLocal(device: string, file: string): Promise<PeerCost> {
  return shell('qemu-img convert -n -t none -W -m 16 -f qcow2 -O raw "$2" "$1"', [device, file]);
}

/** Z: zeros over all of the devices side by side, past the page cache. */
export function ddZeros(devices: readonly string[], mib: number): Promise<PeerCost> {
  const write = 'dd if=/dev/zero of="$device" bs=4M count="$0" oflag=direct conv=fsync status=none';
  return shell(sideBySide(write), devices, String(mib / 4));
}

/** What the agent before us runs: one random pass and one of zeros. */
export function shredZeros(devices: readonly string[]): Promise<PeerCost> {
  return shell(sideBySide('shred --force --zero --iterations=1 "$device"'), devices);
}

/** Ends when all have ended, and fails when one has failed. */
function sideBySide(command: string): string {
  return `pids=(); for device; do ${command} & pids+=($!); done; for pid in "${'$'}{pids[@]}"; do wait "$pid"; done`;
}

export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;
}

async function shell(script: string, args: readonly string[], name = 'peer'): Promise<PeerCost> {
  const directory = await mkdtemp(join(tmpdir(), 'ironhand-bench-peer-'));
  try {
    const cpu = childSeconds();
    const started = performance.now();
    await execute('bash', ['-c', `set -eo pipefail\n${script}`, name, ...args], {
      env: { ...process.env, TMPDIR: directory },
    });
    await flushed(args[0] ?? '');
    return { seconds: (performance.now() - started) / 1000, cpuSeconds: childSeconds() - cpu };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function flushed(device: string): Promise<void> {
  await using file = await open(device, 'r+');
  await file.datasync();
}

/** Fields 16 and 17 of proc_pid_stat(5): children that were waited for, and theirs. */
function childSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
