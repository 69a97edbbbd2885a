import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface NvmeSysfsOptions {
  readonly serial: string;
  /** Names of the namespaces by ID, from 1 on. */
  readonly namespaces: readonly string[];
  /** Controllers of the subsystem; default 1. The namespaces hang on the first. */
  readonly controllers?: number;
  /** Native multipath: the namespaces hang on the subsystem, and each has a hidden path below the controller. */
  readonly multipath?: boolean;
}

/** What sysfs shows of NVMe drives, in a directory: the parts that the code reads, laid out as Linux 6.1 lays them out. */
export class NvmeSysfs implements AsyncDisposable {
  readonly root: string;
  #controllers = 0;

  private constructor(root: string) {
    this.root = root;
    for (const name of ['class/block', 'class/nvme', 'class/nvme-subsystem', 'devices'])
      mkdirSync(join(root, name), { recursive: true });
  }

  static async create(): Promise<NvmeSysfs> {
    return new NvmeSysfs(await mkdtemp(join(tmpdir(), 'ironhand-nvme-')));
  }

  add({ serial, namespaces, controllers = 1, multipath = false }: NvmeSysfsOptions): void {
    const number = this.#controllers++;
    const [controller, subsystem] = [`nvme${number}`, `nvme-subsys${number}`];
    for (const name of [controller, subsystem]) {
      mkdirSync(join(this.root, 'devices', name));
      writeFileSync(join(this.root, 'devices', name, 'serial'), `${serial}\n`);
    }
    symlinkSync(`../../devices/${controller}`, join(this.root, 'class/nvme', controller));
    symlinkSync(`../../devices/${subsystem}`, join(this.root, 'class/nvme-subsystem', subsystem));
    symlinkSync(`../${controller}`, join(this.root, 'devices', subsystem, controller));
    for (let more = 1; more < controllers; more += 1) {
      const other = `nvme${this.#controllers++}`;
      mkdirSync(join(this.root, 'devices', other));
      symlinkSync(`../${other}`, join(this.root, 'devices', subsystem, other));
    }
    for (const [index, name] of namespaces.entries()) {
      this.#block(name, multipath ? subsystem : controller, { nsid: index + 1, hidden: 0 });
      if (multipath) this.#block(`nvme${number}c${number}n${index + 1}`, controller, { nsid: index + 1, hidden: 1 });
      this.#block(`${name}p1`, name, { partition: 1 });
    }
  }

  rename(from: string, to: string): void {
    renameSync(join(this.root, 'class/block', from), join(this.root, 'class/block', to));
  }

  remove(name: string): void {
    rmSync(join(this.root, 'class/block', name), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  #block(name: string, parent: string, attributes: Readonly<Record<string, number>>): void {
    const directory = join(this.root, 'class/block', name);
    mkdirSync(directory);
    symlinkSync(`../../../devices/${parent}`, join(directory, 'device'));
    for (const [key, value] of Object.entries(attributes)) writeFileSync(join(directory, key), `${value}\n`);
  }
}
