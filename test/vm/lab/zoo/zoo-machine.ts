import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConductorClient } from '../../../support/conductor-client.ts';
import { freePort } from '../../../support/free-port.ts';
import { type StandInIronic, startStandInIronic } from '../../../support/stand-in-ironic.ts';
import type { VirtualDisk } from '../disk.ts';
import { makeRamdisk, saidOnSerialLine } from '../ramdisk-files.ts';
import { VirtualMachine } from '../virtual-machine.ts';

export interface ZooNode {
  readonly driverInternalInfo?: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

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
  ): Promise<ZooMachine> {
    await using stack = new AsyncDisposableStack();
    const { kernel, initramfs } = stack.use(await makeRamdisk());
    const ironic = await startStandInIronic();
    stack.defer(() => ironic.close());
    const port = await freePort();
    const forwards = [{ host: '127.0.0.1', port, guestPort: 9999 }];
    const card = { id: 'net0', macAddress: '52:54:00:12:34:56', cable: { kind: 'user', forwards } } as const;
    const hardware = stack.use(new VirtualMachine({ name: 'zoo', disks, cards: [card] }));
    for (const disk of disks) if (disk.sameAs === undefined) fill(hardware.diskFile(disk.id), disk);
    const commandLine = [
      ...saidOnSerialLine,
      `ipa-api-url=http://10.0.2.2:${new URL(ironic.url).port}`,
      ...['ipa-advertise-host=127.0.0.1', `ipa-advertise-port=${port}`],
    ].join(' ');
    const first = ironic.nextHeartbeat(AbortSignal.timeout(300_000));
    await hardware.start({ from: 'kernel', kernel, initramfs, commandLine });
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

  /** What is in the files of the disks, as it is seen from outside, by the id of the disk. */
  digests(): ReadonlyMap<string, string> {
    const own = this.#disks.filter(({ sameAs }) => sameAs === undefined);
    const digest = (id: string): string =>
      createHash('sha256')
        .update(readFileSync(this.hardware.diskFile(id)))
        .digest('hex');
    return new Map(own.map(({ id }): [string, string] => [id, digest(id)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}
