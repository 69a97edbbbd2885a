import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { atEndOfProcess } from '../../support/at-end-of-process.ts';
import { blkdebugFile, diskFile } from './disk-arguments.ts';
import { type Boot, type Hardware, qemuArguments } from './qemu-arguments.ts';
import { QmpClient } from './qmp-client.ts';
import { SerialConsole } from './serial-console.ts';

export interface MachineParts extends Hardware {
  /** For a person who looks at the processes. */
  readonly name: string;
  /** Where its cables end, by the name that ip-netns(8) knows it by. Default: that of this process. */
  readonly networkNamespace?: string;
}

/** A machine that is switched on. */
interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly serial: SerialConsole;
  qmp: QmpClient | null;
  errors: string;
}

/** Descriptors that QEMU gets: nothing of a machine has a name that another could have too. */
const qmpFd = 3;
const serialFd = 4;

const live = new Set<VirtualMachine>();
let armed = false;

/**
 * A machine that QEMU emulates: `await using machine = new VirtualMachine({...})`. Its disks and firmware variables outlive each boot;
 * all of it goes at disposal, at the end of this process, and on SIGINT and SIGTERM.
 */
export class VirtualMachine implements AsyncDisposable {
  readonly directory: string;
  readonly #parts: MachineParts;
  #running: Running | null = null;
  #lastSerial: SerialConsole | null = null;

  constructor(parts: MachineParts) {
    arm();
    this.#parts = parts;
    this.directory = mkdtempSync(path.join(tmpdir(), 'ih-vm-'));
    live.add(this);
    const { disks = [] } = parts;
    for (const disk of disks.filter(({ sameAs }) => sameAs === undefined)) {
      writeFileSync(this.diskFile(disk.id), '');
      truncateSync(this.diskFile(disk.id), disk.sizeBytes);
    }
    for (const file of disks.map(blkdebugFile)) {
      if (file) writeFileSync(path.join(this.directory, file.name), file.text);
    }
  }

  get isOn(): boolean {
    return this.#running !== null;
  }

  get qmp(): QmpClient {
    if (!this.#running?.qmp) throw new Error(`${this.#parts.name} is off`);
    return this.#running.qmp;
  }

  /** Of this boot, or of the last one. */
  get serial(): SerialConsole {
    if (!this.#lastSerial) throw new Error(`${this.#parts.name} was never on`);
    return this.#lastSerial;
  }

  /** The file with the bytes of a disk. */
  diskFile(id: string): string {
    const disk = this.#parts.disks?.find((each) => each.id === id);
    if (!disk) throw new Error(`${this.#parts.name} has no disk ${id}`);
    return path.join(this.directory, diskFile(disk));
  }

  /** Switches it on. Resolves when it runs, long before anything is booted. */
  async start(boot: Boot): Promise<void> {
    if (this.#running) throw new Error(`${this.#parts.name} is on already`);
    const running = launch(this.#parts, qemuArguments(this.#parts, boot, this.directory));
    this.#running = running;
    this.#lastSerial = running.serial;
    void running.ended.then(() => {
      if (this.#running === running) this.#running = null;
    });
    try {
      running.qmp = await QmpClient.connect(running.child.stdio[qmpFd] as Duplex);
    } catch (cause) {
      await running.ended;
      throw new Error(`${this.#parts.name} does not start: ${running.errors.trim()}`, { cause });
    }
  }

  /** Resolves when it has been switched off, by itself or by whoever. */
  async off(withinSeconds: number): Promise<void> {
    const late = Promise.withResolvers<never>();
    const what = `${this.#parts.name} is still on after ${withinSeconds} s`;
    const timer = setTimeout(() => late.reject(new Error(what)), withinSeconds * 1000);
    try {
      await Promise.race([this.#running?.ended, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The power is gone in this moment. */
  async cutPower(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    running?.child.kill('SIGKILL');
    await running?.ended;
  }

  /** Synchronous, so that it also works while the process ends. */
  discard(): void {
    live.delete(this);
    this.#running?.child.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cutPower();
    this.discard();
  }
}

/** Below setpriv(1): when this process is killed, the kernel ends the machine. */
function launch({ networkNamespace, name, processor = 'x86_64' }: MachineParts, args: readonly string[]): Running {
  const monitor = [
    ...['-chardev', `socket,id=qmp,fd=${qmpFd}`, '-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', `socket,id=serial,fd=${serialFd}`, '-serial', 'chardev:serial', '-name', name],
  ];
  const command = ['setpriv', '--pdeathsig', 'KILL', '--', `qemu-system-${processor}`, ...monitor, ...args];
  const inNamespace = networkNamespace === undefined ? [] : ['ip', 'netns', 'exec', networkNamespace];
  const [program = '', ...rest] = [...inNamespace, ...command];
  const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
  const running: Running = {
    child,
    ended: once(child, 'exit').then(() => undefined),
    serial: new SerialConsole(child.stdio[serialFd] as Duplex),
    qmp: null,
    errors: '',
  };
  child.stderr?.on('data', (chunk: Buffer) => {
    running.errors += chunk.toString();
  });
  return running;
}

function arm(): void {
  if (armed) return;
  armed = true;
  atEndOfProcess(() => {
    for (const machine of live) machine.discard();
  });
}
