import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunTool, ToolCall, ToolResult } from '../../src/core/tool.ts';
import { ToolError } from '../../src/errors/tool-error.ts';
import { capturedAnswer, identifyText, type ShownState } from './simulated-ata-text.ts';

export interface AtaFaults {
  /** Commands that it aborts although their turn is right: `set-pass`, `erase`, `sanitize`, `disable`, ... */
  readonly aborts?: readonly string[];
  /** Commands that it takes, and does nothing. */
  readonly ignores?: readonly string[];
  /** How an aborted command reaches hdparm. `fixed`, as Linux 6.1 does it: exit code 0 and a complaint. */
  readonly sense?: 'fixed' | 'descriptor';
  /** An erase or sanitize ends well, it says, and the data is as before. */
  readonly erasesNothing?: boolean;
  /** An erase ends well, it says, and the password stays. */
  readonly keepsPassword?: boolean;
  /** An erase, or a sanitize, fails in the middle; of an erase the drive stays locked. */
  readonly failsHalfway?: boolean;
  /** It is gone from the moment when an erase or a sanitize has begun. */
  readonly vanishes?: boolean;
  /** Questions that it does not answer after an erase or sanitize was begun. */
  readonly silentFor?: number;
}

export interface SimulatedAtaOptions {
  readonly path: string;
  /** What is on it: a device or file, or memory; nothing unless told. */
  readonly media?: string | Uint8Array;
  readonly rotational?: boolean;
  readonly sanitize?: (ShownState['sanitize'] & { readonly frozen?: boolean; readonly completed?: boolean }) | null;
  readonly security?: Partial<NonNullable<ShownState['security']> & { readonly password: string }> | null;
  readonly faults?: AtaFaults;
  /** That an erase takes. Default: 5. */
  readonly eraseMilliseconds?: number;
  /** Thousandths of a sanitize between two questions. Default: 400. */
  readonly sanitizeStep?: number;
  /** Milliseconds that a second of a time limit lasts. Default: 1000. */
  readonly secondMilliseconds?: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Security = Mutable<NonNullable<ShownState['security']>> & { password: string };

const noSecurity: Security = {
  enabled: false,
  locked: false,
  frozen: false,
  countExpired: false,
  enhanced: true,
  normalMinutes: 60,
  enhancedMinutes: 2,
  password: '',
};

type Verb = 'set-pass' | 'unlock' | 'disable' | 'erase' | 'erase-enhanced';

/** An ATA drive behind hdparm 9.65: a state machine (ACS-4, 4.17 and 4.18) that answers in texts which the real program wrote. */
export class SimulatedAta {
  readonly path: string;
  /** Every command that reached the drive, as the options of hdparm (`set-pass`, `sanitize-block-erase`). */
  readonly commands: string[] = [];
  /** Erases and sanitizes that it has begun. */
  begun = 0;
  security: Security | null;
  sanitizeState: 'idle' | 'frozen' | 'in-process' | 'failed' = 'idle';
  sanitizeCompleted: boolean;
  readonly #options: SimulatedAtaOptions;
  #thousandths = 0;
  #afterSanitize: () => void = () => undefined;
  #wrongPasswords = 0;
  #gone = false;
  #silent = 0;
  #busy: Promise<void> = Promise.resolve();

  constructor(options: SimulatedAtaOptions) {
    this.#options = options;
    this.path = options.path;
    this.security = options.security === null ? null : { ...noSecurity, ...options.security };
    this.sanitizeState = options.sanitize?.frozen ? 'frozen' : 'idle';
    this.sanitizeCompleted = options.sanitize?.completed ?? false;
  }

  /** Runs hdparm; rejects with ToolError as the real runner does. */
  readonly run: RunTool = async (call) => {
    if (call.signal?.aborted) throw toolError(call, null, 'aborted before it began');
    if (call.program !== 'hdparm' || call.args.at(-1) !== this.path)
      throw new Error(`not for this drive: ${call.args}`);
    const result = await this.#withinLimits(call, this.#answer(call));
    if ((call.okExitCodes ?? [0]).includes(result.exitCode)) return result;
    throw toolError(call, result.exitCode, `exit code ${result.exitCode}`, result.stderr);
  };

  /** Power off and on: a password locks it, what was frozen or refused is open again, an erase is cut off. */
  powerCycle(): void {
    this.#busy = Promise.resolve();
    this.#wrongPasswords = 0;
    if (this.security) {
      Object.assign(this.security, { locked: this.security.enabled, frozen: false, countExpired: false });
    }
    if (this.sanitizeState === 'frozen') this.sanitizeState = 'idle';
  }

  async #withinLimits(call: ToolCall, answer: Promise<ToolResult>): Promise<ToolResult> {
    const { signal, timeoutSeconds = 60 } = call;
    const over = new AbortController();
    const limit = timeoutSeconds * (this.#options.secondMilliseconds ?? 1000);
    answer.catch(() => undefined);
    const killed = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(toolError(call, null, 'aborted')), { signal: over.signal });
      sleep(Math.min(limit, 2 ** 31 - 1), undefined, { signal: over.signal }).then(
        () => reject(toolError(call, null, `took longer than ${timeoutSeconds} s`)),
        () => undefined,
      );
    });
    try {
      return await Promise.race([answer, killed]);
    } finally {
      over.abort();
    }
  }

  async #answer({ args, effect }: ToolCall): Promise<ToolResult> {
    // A program whose ioctl waits for the drive ends when the drive does.
    await this.#busy;
    if (this.#gone) return { stdout: '', stderr: `${this.path}: No such file or directory\n`, exitCode: 2 };
    if (this.#silent > 0) {
      this.#silent -= 1;
      return capturedAnswer('status-gone', this);
    }
    const [first = '', second = '', third = '', password = ''] = args;
    if (first === '-I') return { stdout: identifyText(this.#shown()), stderr: '', exitCode: 0 };
    if (first === '--sanitize-status') return this.#status();
    if (effect.kind !== 'device' || effect.device !== this.path) throw new Error(`${args} without the effect of it`);
    if (first === '--yes-i-know-what-i-am-doing') return this.#startSanitize(args);
    if (first === '--user-master' && second === 'u' && third.startsWith('--security-')) {
      return await this.#secure(third.slice('--security-'.length) as Verb, password);
    }
    throw new Error(`hdparm ${args.join(' ')} is not simulated`);
  }

  #shown(): ShownState {
    const { rotational = false, sanitize = null } = this.#options;
    return { path: this.path, rotational, sanitize, zerosAfterTrim: !rotational, security: this.security };
  }

  #status(): ToolResult {
    if (!this.#options.sanitize) throw new Error('no SANITIZE to ask for');
    switch (this.sanitizeState) {
      case 'failed':
        return capturedAnswer(this.#sense() === 'fixed' ? 'status-aborted' : 'status-failed', this);
      case 'frozen':
        return capturedAnswer('status-frozen', this);
      case 'idle':
        return capturedAnswer(this.sanitizeCompleted ? 'status-completed' : 'status-idle', this);
      case 'in-process': {
        const share = Math.min(0xfffe, Math.floor((this.#thousandths * 0x10000) / 1000));
        const percent = Math.floor((100 * (share + 1)) / 0xffff);
        const answer = capturedAnswer('status-in-process', this);
        const stdout = answer.stdout.replace('0x7fff (50%)', `0x${share.toString(16)} (${percent}%)`);
        this.#thousandths += this.#options.sanitizeStep ?? 400;
        if (this.#thousandths >= 500 && this.#options.faults?.failsHalfway) this.sanitizeState = 'failed';
        else if (this.#thousandths >= 1000) this.#endSanitize();
        return { ...answer, stdout };
      }
    }
  }

  #endSanitize(): void {
    this.#afterSanitize();
    this.sanitizeState = 'idle';
    this.sanitizeCompleted = true;
  }

  #startSanitize(args: readonly string[]): ToolResult {
    const [, first = ''] = args;
    const kind = first.includes('crypto') ? 'crypto' : first.includes('block') ? 'block' : 'overwrite';
    this.commands.push(`sanitize-${kind}`);
    const { sanitize, faults } = this.#options;
    const isImpossible = !sanitize?.[kind] || this.sanitizeState === 'frozen' || this.security?.locked;
    if (isImpossible || this.sanitizeState === 'in-process' || faults?.aborts?.includes('sanitize')) {
      return capturedAnswer(this.#sense() === 'fixed' ? 'sanitize-aborted' : 'sanitize-refused', this);
    }
    this.#begin();
    this.sanitizeState = 'in-process';
    this.sanitizeCompleted = false;
    this.#thousandths = 0;
    const fill = kind === 'crypto' ? 0x5a : 0;
    this.#afterSanitize = () => this.#overwrite(fill, 1);
    return capturedAnswer(`sanitize-${kind}`, this);
  }

  #begin(): void {
    this.begun += 1;
    this.#silent = this.#options.faults?.silentFor ?? 0;
    this.#gone = this.#options.faults?.vanishes ?? false;
  }

  async #secure(verb: Verb, password: string): Promise<ToolResult> {
    this.commands.push(verb);
    const { security } = this;
    const end = `security-${verb}`;
    const fails = (): ToolResult =>
      capturedAnswer(`${end}-${this.#sense() === 'fixed' ? 'aborted' : 'refused'}`, { path: this.path, password });
    if (!security || security.frozen || this.#options.faults?.aborts?.includes(verb)) return fails();
    if (this.#options.faults?.ignores?.includes(verb)) return capturedAnswer(end, { path: this.path, password });
    if (verb === 'set-pass') {
      if (security.locked) return fails();
      Object.assign(security, { enabled: true, password });
    } else if (!this.#fits(password)) {
      return fails();
    } else if (verb === 'erase' || verb === 'erase-enhanced') {
      if (!(await this.#erase(security))) return fails();
    } else {
      Object.assign(security, { locked: false, ...(verb === 'disable' ? { enabled: false } : {}) });
    }
    return capturedAnswer(end, { path: this.path, password });
  }

  #fits(password: string): boolean {
    if (!this.security || this.security.countExpired) return false;
    if (!this.security.enabled || password === this.security.password) return true;
    this.#wrongPasswords += 1;
    if (this.#wrongPasswords >= 5) this.security.countExpired = true;
    return false;
  }

  async #erase(security: Security): Promise<boolean> {
    const { eraseMilliseconds = 5, faults = {} } = this.#options;
    this.#begin();
    // Nobody can stop it: it ends although the program that began it is dead.
    const end = sleep(eraseMilliseconds);
    this.#busy = end;
    await end;
    if (faults.failsHalfway) {
      this.#overwrite(0, 2);
      security.locked = true;
      return false;
    }
    this.#overwrite(0, 1);
    if (!faults.keepsPassword) Object.assign(security, { enabled: false, locked: false });
    return true;
  }

  /** The first part of the media, by `divisor`. */
  #overwrite(fill: number, divisor: number): void {
    const { media, faults } = this.#options;
    if (media === undefined || faults?.erasesNothing) return;
    if (typeof media !== 'string') return void media.fill(fill, 0, media.length / divisor);
    const file = openSync(media, 'r+');
    try {
      const size = sizeOf(file);
      const block = Buffer.alloc(1 << 20, fill);
      for (let at = 0; at < size / divisor; at += block.length) {
        writeSync(file, block, 0, Math.min(block.length, size - at), at);
      }
    } finally {
      closeSync(file);
    }
  }

  #sense(): 'fixed' | 'descriptor' {
    return this.#options.faults?.sense ?? 'fixed';
  }
}

/** Of a file, or of a block device, whose size fstat does not tell. */
function sizeOf(file: number): number {
  const { size } = fstatSync(file);
  if (size > 0) return size;
  const block = Buffer.alloc(1 << 20);
  let end = 0;
  for (let read = -1; read !== 0; end += read) read = readSync(file, block, 0, block.length, end);
  return end;
}

function toolError(call: ToolCall, exitCode: number | null, why: string, stderrTail = ''): ToolError {
  return new ToolError(call, { exitCode, why, stderrTail: stderrTail.trim() });
}
