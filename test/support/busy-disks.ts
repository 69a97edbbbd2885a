import { type ChildProcess, spawn } from 'node:child_process';

/** Writes to these devices without end, several writers each, until it is disposed of. */
export function busyDisks(devices: readonly string[]): Disposable {
  const writers = devices.flatMap((device) => [device, device]).map(writer);
  return {
    [Symbol.dispose]() {
      for (const { pid } of writers) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    },
  };
}

/** A process group of its own; it dies with the test, however that dies. */
function writer(device: string): ChildProcess {
  const endless = `while dd if=/dev/zero of=${device} bs=1M oflag=direct conv=notrunc 2>/dev/null || true; do :; done`;
  return spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'sh', '-c', endless], { detached: true, stdio: 'ignore' });
}
