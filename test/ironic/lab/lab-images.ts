import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';
import { createImageServer, type ImageServer } from '../../support/image-server.ts';

export type ImageName = 'disk.raw' | 'disk.qcow2' | 'disk.raw.zst' | 'esp.raw' | 'part.raw';

export interface LabImage {
  /** On this machine. */
  readonly file: string;
  readonly url: string;
  readonly sha256: string;
}

const mebibyte = 2 ** 20;

/** Where the Linux partition of the whole-disk images is. */
export const rootPartition = { startBytes: mebibyte, sizeBytes: 24 * mebibyte } as const;

/**
 * Small images that are real ones: `disk.raw` has a GPT and one ext4 with content that is different in each run, `disk.qcow2` and
 * `disk.raw.zst` are the same in other clothes, `esp.raw` has an EFI system partition with a loader too, `part.raw` is a bare
 * ext4.
 */
export class LabImages implements AsyncDisposable {
  readonly server: ImageServer;
  readonly #directory: string;

  private constructor(server: ImageServer, directory: string) {
    this.server = server;
    this.#directory = directory;
  }

  static async make(directory: string): Promise<LabImages> {
    const images = new LabImages(await createImageServer(), directory);
    await images.#make();
    return images;
  }

  image(name: ImageName): LabImage {
    const file = path.join(this.#directory, name);
    const content = readFileSync(file);
    return {
      file,
      url: this.server.serve(`/${name}`, file),
      sha256: createHash('sha256').update(content).digest('hex'),
    };
  }

  /** instance_info for a whole-disk image, or with more fields a partition image. */
  instanceInfo(name: ImageName, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    const { url, sha256 } = this.image(name);
    const format = name.endsWith('.raw') ? { image_disk_format: 'raw' } : {};
    return { image_source: url, image_checksum: sha256, ...format, ...more };
  }

  /** instance_info for disk.raw, so slow that there is time to break something; the name makes it an address of its own. */
  slowInstanceInfo(name: string, mebibytesPerSecond = 4): Readonly<Record<string, unknown>> {
    const { file } = this.image('disk.raw');
    const slow = { bytesPerSecond: mebibytesPerSecond * mebibyte, etag: `"${name}"` };
    return { ...this.instanceInfo('disk.raw'), image_source: this.server.serve(`/${name}.raw`, file, slow) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  async #make(): Promise<void> {
    const run = createRunProgram();
    const at = (name: string): string => path.join(this.#directory, name);
    mkdirSync(at('tree/etc'), { recursive: true });
    writeFileSync(at('tree/etc/motd'), 'an image of the lab\n');
    writeFileSync(at('tree/noise'), randomBytes(6 * mebibyte));
    await makeFile(at('part.raw'), rootPartition.sizeBytes);
    await run('mke2fs', ['-q', '-t', 'ext4', '-L', 'lab-root', '-d', at('tree'), at('part.raw')]);

    await makeFile(at('disk.raw'), 32 * mebibyte);
    await lay(at('disk.raw'), ['label: gpt', `start=2048, size=${rootPartition.sizeBytes / 512}, type=linux`]);
    await copyInto(at('disk.raw'), at('part.raw'), rootPartition.startBytes);
    await run('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', at('disk.raw'), at('disk.qcow2')]);
    await run('zstd', ['-q', '-3', at('disk.raw'), '-o', at('disk.raw.zst')]);

    await makeFile(at('esp.part'), 16 * mebibyte);
    await run('mkfs.vfat', ['-n', 'ESP', at('esp.part')]);
    await run('mmd', ['-i', at('esp.part'), '::/EFI', '::/EFI/BOOT']);
    writeFileSync(at('loader.efi'), 'MZ a loader that no firmware will start\n');
    await run('mcopy', ['-i', at('esp.part'), at('loader.efi'), '::/EFI/BOOT/BOOTX64.EFI']);
    await makeFile(at('esp.raw'), 48 * mebibyte);
    const espStart = rootPartition.startBytes + rootPartition.sizeBytes;
    await lay(at('esp.raw'), [
      'label: gpt',
      `start=2048, size=${rootPartition.sizeBytes / 512}, type=linux`,
      `start=${espStart / 512}, size=${(16 * mebibyte) / 512}, type=uefi`,
    ]);
    await copyInto(at('esp.raw'), at('part.raw'), rootPartition.startBytes);
    await copyInto(at('esp.raw'), at('esp.part'), espStart);
  }
}

async function makeFile(file: string, sizeBytes: number): Promise<void> {
  writeFileSync(file, '');
  truncateSync(file, sizeBytes);
}

async function lay(file: string, lines: readonly string[]): Promise<void> {
  const script = `${file}.layout`;
  writeFileSync(script, `${lines.join('\n')}\n`);
  await createRunProgram()('sh', ['-c', 'sfdisk --quiet "$1" < "$2"', 'lay', file, script]);
}

async function copyInto(target: string, source: string, atBytes: number): Promise<void> {
  const blocks = ['bs=1M', `seek=${atBytes / mebibyte}`, 'conv=notrunc', 'status=none'];
  await createRunProgram()('dd', [`if=${source}`, `of=${target}`, ...blocks]);
}
