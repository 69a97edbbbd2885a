import { errorText } from '../../../../errors/guards.ts';
import { ToolError } from '../../../../errors/tool-error.ts';
import { EraseMethodError, type MethodContext } from '../../method.ts';
import { findNvmeNamespace, type NvmeIdentity, readNvmeIdentity } from '../../probe/nvme-sysfs.ts';
import { pause } from '../pause.ts';

export interface NvmePatience {
  /** How long a drive may be away or without an answer: a reset takes seconds, with new names perhaps a minute. */
  readonly awaySeconds: number;
  /** `/sys` */
  readonly sysfs: string;
}

type DriveContext = Pick<MethodContext, 'signal' | 'pollMilliseconds'>;

/** A drive that is at work for hours: it may be reset meanwhile, and come back under another name. */
export class NvmeDrive {
  readonly identity: NvmeIdentity;
  readonly #context: DriveContext;
  readonly #patience: NvmePatience;
  #device: string;

  /** Throws where the kernel does not know the device as an NVMe namespace. */
  constructor(device: string, context: DriveContext, patience: NvmePatience) {
    this.identity = readNvmeIdentity(device, patience.sysfs);
    this.#context = context;
    this.#patience = patience;
    this.#device = device;
  }

  /** The name that it had when it answered last. */
  get device(): string {
    return this.#device;
  }

  /**
   * Asks the drive, again and again while it does not answer. Throws EraseMethodError when it is away for too long, the reason
   * of the signal when the worker stops, and what `question` throws but ToolError.
   */
  async ask<Answer>(question: (device: string) => Promise<Answer>): Promise<Answer> {
    const deadline = performance.now() + this.#patience.awaySeconds * 1000;
    for (;;) {
      const attempt = await this.#tryOnce(question);
      if ('answer' in attempt) return attempt.answer;
      this.throwIfStopping();
      if (performance.now() >= deadline) throw this.#vanished(attempt.why);
      await this.pause();
    }
  }

  /** Waits until the next question. Rejects with the reason of the signal when the worker stops. */
  async pause(): Promise<void> {
    await pause(this.#context);
  }

  throwIfStopping(): void {
    this.#context.signal.throwIfAborted();
  }

  async #tryOnce<Answer>(
    question: (device: string) => Promise<Answer>,
  ): Promise<{ readonly answer: Answer } | { readonly why: unknown }> {
    const device = findNvmeNamespace(this.identity, this.#device, this.#patience.sysfs);
    if (device === null) return { why: new Error(`the kernel knows no namespace of ${this.#name()}`) };
    try {
      const answer = await question(device);
      this.#device = device;
      return { answer };
    } catch (error) {
      if (error instanceof ToolError) return { why: error };
      throw error;
    }
  }

  #name(): string {
    return `the drive with serial number ${this.identity.serial}`;
  }

  #vanished(why: unknown): EraseMethodError {
    const { awaySeconds } = this.#patience;
    const text = `${this.#device}: drive vanished: ${this.#name()} did not answer for ${awaySeconds} s: ${errorText(why)}`;
    return new EraseMethodError(text, {
      cause: why,
      tool: 'nvme',
      exitCode: why instanceof ToolError ? why.exitCode : null,
    });
  }
}
