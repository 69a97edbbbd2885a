import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { architectures } from '../../../../ramdisk/build/architectures.ts';
import { ConductorClient } from '../../../support/conductor-client.ts';
import { freePort } from '../../../support/free-port.ts';
import { type StandInIronic, type StandInIronicOptions, startStandInIronic } from '../../../support/stand-in-ironic.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { until } from '../../../support/until.ts';
import type { VirtualDisk } from '../disk.ts';
import { hostAddress } from '../network-card.ts';
import type { ProcessorName } from '../qemu-arguments.ts';
import { journalOnConsole, makeRamdisk } from '../ramdisk-files.ts';
import { VirtualMachine } from '../virtual-machine.ts';

export interface ZooNode {
  readonly driverInternalInfo?: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** As an operator who lets read-only disks be. */
export const withoutReadOnly: ZooNode = { driverInternalInfo: { agent_erase_skip_read_only: true } };

/** What a program did that somebody typed at the machine. */
export interface TypedProgram {
  readonly exitCode: number;
  /** What the terminal showed. */
  readonly output: string;
}

/** An erase plan, as far as the tests ask. */
export interface ErasePlan {
  readonly devices: readonly {
    readonly device: string;
    readonly serial: string | null;
    readonly method: string;
    readonly abilities: readonly { readonly method: string; readonly support: string; readonly why: string }[];
  }[];
  readonly left_out: readonly { readonly device: string; readonly why: string }[];
}

/** What a plan says of one method on one disk, which is named by its serial number or its device. */
export function abilityOf({ devices }: ErasePlan, disk: string, method: string) {
  const found = devices.find(({ serial, device }) => serial === disk || device === disk);
  return found?.abilities.find((each) => each.method === method);
}

/** What `digests` says of a disk of which nothing is left. */
export function digestOfZeros(sizeBytes: number): string {
  return sha256(Buffer.alloc(sizeBytes));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What is other than usual. */
export interface ZooBoot {
  /** `type` works. */
  readonly shell?: boolean;
  readonly processor?: ProcessorName;
  /** UEFI boots the ISO, whose kernel arguments are those of a configuration file. Default: the kernel is put into its memory. */
  readonly fromDisc?: boolean;
  /** More options of `npm run ramdisk`. */
  readonly ramdisk?: readonly string[];
  readonly ironic?: StandInIronicOptions;
  /** Where ssh is reached at 127.0.0.1. */
  readonly sshPort?: number;
}

/** The root shell of docs/ramdisk.md, which has the serial line for itself. */
const withShell = ['ironhand.shell', 'systemd.show_status=0', 'quiet'];

/**
 * A virtual machine that runs the real ramdisk, and the side of a conductor that has it do steps: quicker than a real Ironic, which
 * does the same in the flows beside it.
 */
export class ZooMachine implements AsyncDisposable {
  readonly hardware: VirtualMachine;
  readonly #disks: readonly VirtualDisk[];
  readonly #ironic: StandInIronic;
  readonly #conductor: ConductorClient;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    disks: readonly VirtualDisk[],
    parts: { hardware: VirtualMachine; ironic: StandInIronic; conductor: ConductorClient },
    stack: AsyncDisposableStack,
  ) {
    this.#disks = disks;
    this.hardware = parts.hardware;
    this.#ironic = parts.ironic;
    this.#conductor = parts.conductor;
    this.#stack = stack;
  }

  /** Fills the disks, by their files, and boots; resolves at the first heartbeat. */
  static async boot(
    disks: readonly VirtualDisk[],
    fill: (file: string, disk: VirtualDisk) => void,
    { shell = false, processor = 'x86_64', fromDisc = false, ramdisk = [], ironic: wanted = {}, sshPort }: ZooBoot = {},
  ): Promise<ZooMachine> {
    await using stack = new AsyncDisposableStack();
    const ironic = await startStandInIronic(wanted);
    stack.defer(() => ironic.close());
    const port = await freePort();
    const forwards = [
      { host: '127.0.0.1', port, guestPort: 9999 },
      ...(sshPort === undefined ? [] : [{ host: '127.0.0.1', port: sshPort, guestPort: 22 }]),
    ];
    const commandLine = [
      `console=${architectures[processor].serialConsole}`,
      ...(shell ? withShell : journalOnConsole),
      `ipa-api-url=${ironic.url.replace('127.0.0.1', hostAddress)}`,
      ...['ipa-advertise-host=127.0.0.1', `ipa-advertise-port=${port}`],
    ].join(' ');
    using folder = temporaryDirectory();
    const onDisc = path.join(folder.path, 'ramdisk.conf');
    writeFileSync(onDisc, `[ramdisk]\nkernel_arguments = ${commandLine}\n`);
    const more = ['--arch', processor, ...(fromDisc ? ['--config', onDisc] : []), ...ramdisk];
    const { kernel, initramfs, iso } = stack.use(await makeRamdisk({ withIso: fromDisc, more }));
    const card = { id: 'net0', macAddress: '52:54:00:12:34:56', cable: { kind: 'user', forwards } } as const;
    const hardware = stack.use(
      new VirtualMachine({ name: 'zoo', processor, firmware: fromDisc ? 'uefi' : 'bios', disks, cards: [card] }),
    );
    for (const disk of disks) if (disk.sameAs === undefined) fill(hardware.diskFile(disk.id), disk);
    const first = ironic.nextHeartbeat(AbortSignal.timeout(300_000));
    await hardware.start(fromDisc ? { from: 'disc', iso } : { from: 'kernel', kernel, initramfs, commandLine });
    const { callback_url: callbackUrl, agent_verify_ca: verifyCa = null } = await first.catch((cause: unknown) => {
      throw new Error(`no heartbeat came; ${hardware.serial.lastLines(40).join('\n')}`, { cause });
    });
    const conductor = new ConductorClient({ callbackUrl, token: ironic.token, verifyCa });
    stack.defer(() => conductor.close());
    return new ZooMachine(disks, { hardware, ironic, conductor }, stack.move());
  }

  /** Result of a clean step, which is no longer than five minutes. Throws with what a conductor would write on its node. */
  async clean(step: string, args: object = {}, node: ZooNode = {}): Promise<unknown> {
    const described = {
      ...this.#ironic.node,
      properties: node.properties ?? {},
      driver_internal_info: node.driverInternalInfo ?? {},
    };
    const signal = AbortSignal.timeout(300_000);
    const asked = { step, interface: 'deploy', args };
    return await this.#conductor.executeStep(
      'clean',
      { step: asked, node: described, ports: [] },
      { everyMs: 500, signal },
    );
  }

  /** The names of all clean steps, and the hardware managers that they are of. */
  async cleanSteps(): Promise<{ readonly names: readonly string[]; readonly managers: readonly string[] }> {
    const { steps, versions } = await this.#conductor.getSteps('clean', { node: this.#ironic.node, ports: [] });
    return { names: steps.map(({ step }) => step), managers: Object.keys(versions) };
  }

  /** What an erase step would do to each disk, and why; nothing is touched. Asked again where Redis was too slow (503), as it may be here. */
  async plan(step: string): Promise<ErasePlan> {
    const node = { ...this.#ironic.node, driver_internal_info: withoutReadOnly.driverInternalInfo };
    return await until(
      async () => {
        const { status, text, json } = await this.#conductor.postTo('/v1/erase/plan', { step, node });
        if (status !== 200 && status !== 503) throw new Error(`the plan of ${step}: ${status} ${text}`);
        return status === 200 && (json as ErasePlan);
      },
      { withinMs: 60_000, everyMs: 1000, what: `the plan of ${step}` },
    );
  }

  /** Types a line of bash at the machine, as root, and waits for its end. */
  async type(line: string, withinSeconds = 120): Promise<TypedProgram> {
    const { serial } = this.hardware;
    const mark = randomUUID().slice(0, 8);
    const from = serial.text.length;
    const [, exitCode] = await serial.ask(
      `( ${line} ); echo "${mark}"=$?`,
      new RegExp(`^${mark}=(\\d+)$`, 'm'),
      withinSeconds,
    );
    return { exitCode: Number(exitCode), output: serial.text.slice(from) };
  }

  /** Name of the device file of a disk in the machine, of its first path. */
  async devicePath(id: string): Promise<string> {
    const { serial = id.toUpperCase() } = this.#disks.find((each) => each.id === id) ?? {};
    const { output } = await this.type(`lsblk --nodeps --noheadings --paths --output NAME,SERIAL | grep -w ${serial}`);
    const [, file] = /^(\/dev\/\w+) /m.exec(output) ?? [];
    if (file === undefined) throw new Error(`${id} is not there: ${output}`);
    return file;
  }

  /** What is in the files of the disks, as it is seen from outside, by the id of the disk. */
  digests(): ReadonlyMap<string, string> {
    const own = this.#disks.filter(({ sameAs }) => sameAs === undefined);
    return new Map(own.map(({ id }): [string, string] => [id, sha256(readFileSync(this.hardware.diskFile(id)))]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}
