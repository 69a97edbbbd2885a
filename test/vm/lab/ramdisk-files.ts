import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildRamdisk } from '../../../ramdisk/build/build-ramdisk.ts';
import { parseOptions } from '../../../ramdisk/build/options.ts';

/** For the command line of the ramdisk: what goes wrong in a machine that nobody can log in to is seen on its serial line. */
export const journalOnConsole = ['systemd.journald.forward_to_console=1', 'systemd.show_status=0'];

export const saidOnSerialLine = ['console=ttyS0', ...journalOnConsole];

/** Gone when it is disposed of, unless it was there before. */
export interface RamdiskFiles extends AsyncDisposable {
  readonly kernel: string;
  readonly initramfs: string;
  /** Only there where it was asked for. */
  readonly iso: string;
}

/**
 * The ramdisk of the sources as they are now: what it is made of besides them is in a cache. VM_RAMDISK=DIRECTORY takes the one that
 * is there, for whoever works on a flow.
 */
export async function makeRamdisk({ withIso = false, more = [] as readonly string[] } = {}): Promise<RamdiskFiles> {
  const given = process.env['VM_RAMDISK'];
  const folder = given ?? (await mkdtemp(path.join(tmpdir(), 'ramdisk-')));
  const outputs = ['vmlinuz', 'initramfs', ...(withIso ? ['ironhand.iso'] : [])].join(',');
  if (given === undefined) {
    await buildRamdisk(parseOptions(['--fast', '--only', outputs, '--out', folder, ...more]).request, () => undefined);
  }
  const at = (name: string): string => path.resolve(folder, name);
  return {
    kernel: at('vmlinuz'),
    initramfs: at('initramfs'),
    iso: at('ironhand.iso'),
    async [Symbol.asyncDispose]() {
      if (given === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
