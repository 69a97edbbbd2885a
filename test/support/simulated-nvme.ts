import { setTimeout as delay } from 'node:timers/promises';
import type { RunTool, ToolCall, ToolResult } from '../../src/core/tool.ts';
import { ToolError } from '../../src/errors/tool-error.ts';
import { type SanitizeState, sanitizeStates } from '../../src/tools/nvme-sanitize-log.ts';
import { capturedOutput } from './captured-output.ts';
import type { NvmeSysfs } from './nvme-sysfs.ts';

/** What a drive does wrong. Looks are questions for the sanitize log (or, of a format, for the namespace). */
export interface NvmeFaults {
  /** Takes commands, answers success and does nothing; of a sanitize not even the log changes. */
  readonly doesNothing?: boolean;
  /** Tells all that a good drive tells, and leaves the data alone. */
  readonly keepsData?: boolean;
  readonly sanitizeFails?: boolean;
  readonly noProgress?: boolean;
  /** The program fails as in a reset, but the drive has taken the command. */
  readonly losesAnswer?: boolean;
  /** A stderr fixture with which a sanitize or a format is refused, so many times. */
  readonly refusal?: { readonly fixture: string; readonly times: number };
  /** After so many looks it answers nothing for the next ones; then, perhaps, under another name. Infinity: for good. */
  readonly away?: { readonly afterLooks: number; readonly looks: number; readonly newName?: string };
}

export interface SimulatedNvmeOptions {
  readonly sysfs: NvmeSysfs;
  readonly serial: string;
  /** Name of the namespace that is asked, `nvme0n1`. */
  readonly name: string;
  readonly controller?: Readonly<Record<'oacs' | 'fna' | 'sanicap', number> & { cmic?: number; nn?: number }>;
  /** IDs of the namespaces that are attached to the controller; default 1. null: it refuses to tell. */
  readonly active?: readonly number[] | null;
  /** IDs of all namespaces; default null: it refuses to tell, as drives without Namespace Management do. */
  readonly allocated?: readonly number[] | null;
  /** Fields of id-ns that differ from the captured ones. */
  readonly namespace?: Readonly<Record<string, number>>;
  /** How many looks a sanitize or format takes; 0 ends at once. */
  readonly looks?: number;
  /** Whether FPI tells how far a format is. */
  readonly tellsFormat?: boolean;
  readonly faults?: NvmeFaults;
  /** Destroys the data: called when an erase ends. */
  readonly erase?: (what: 'crypto' | 'block' | 'overwrite' | 'user-data') => void;
}

interface Log {
  state: SanitizeState;
  cdw10: number;
  progress: number;
  globalErased: number;
  passes: number;
}

const sanitizeActions: Readonly<Record<number, 'block' | 'overwrite' | 'crypto'>> = {
  2: 'block',
  3: 'overwrite',
  4: 'crypto',
};

/** An NVMe drive as the program `nvme` shows it: what is printed is captured output with other numbers. */
export class SimulatedNvme {
  readonly log: Log = { state: 'never', cdw10: 0, progress: 65535, globalErased: 0, passes: 0 };
  /** Sanitize and format commands that reached it, as arguments. */
  readonly commands: (readonly string[])[] = [];
  formatLooksLeft = 0;
  faults: NvmeFaults;
  readonly #options: SimulatedNvmeOptions;
  #name: string;
  #looks = 0;
  #looksLeft = 0;
  #refusals = 0;

  constructor(options: SimulatedNvmeOptions) {
    this.#options = options;
    this.#name = options.name;
    this.faults = options.faults ?? {};
  }

  readonly run: RunTool = async (call) => {
    if (call.program !== 'nvme') throw new Error(`${call.program} is no business of a drive`);
    const [command = '', device = ''] = call.args;
    if (command === 'sanitize' && device === '--help') return this.#help(call);
    this.#throwIfAway(call, device);
    switch (command) {
      case 'id-ctrl':
        return ok(this.#controller());
      case 'id-ns':
        return ok(this.#namespace());
      case 'list-ns':
        return this.#listNamespaces(call);
      case 'sanitize-log':
        return ok(this.#sanitizeLog());
      case 'sanitize':
        return this.#sanitize(call);
      case 'admin-passthru':
        return this.#format(call);
      default:
        throw new Error(`not simulated: nvme ${call.args.join(' ')}`);
    }
  };

  /** As another machine, or a process of before, would begin it. */
  beginSanitize(cdw10: number): void {
    Object.assign(this.log, { state: 'under-way', cdw10, progress: 0, globalErased: 0 });
    this.#looksLeft = this.#options.looks ?? 3;
    if (this.#looksLeft === 0) this.#endSanitize();
  }

  #help(call: ToolCall): ToolResult {
    if (!call.okExitCodes?.includes(1)) throw failed(call, 'shim-sanitize-help');
    return { stdout: '', stderr: capturedOutput('nvme', 'shim-sanitize-help').stderr, exitCode: 1 };
  }

  #throwIfAway(call: ToolCall, device: string): void {
    const { away } = this.faults;
    if (away && call.effect.kind === 'read') this.#looks += 1;
    const { afterLooks, looks, newName } = away ?? { afterLooks: 0, looks: 0, newName: undefined };
    if (this.#looks > afterLooks && this.#looks <= afterLooks + looks) throw failed(call, 'shim-no-answer');
    if (away && newName && this.#looks > afterLooks && this.#name !== newName) {
      this.#options.sysfs.rename(this.#name, newName);
      this.#name = newName;
    }
    if (device !== `/dev/${this.#name}`) throw failed(call, 'id-ctrl-missing');
  }

  #controller(): string {
    const { controller = { oacs: 2, fna: 4, sanicap: 7 }, serial } = this.#options;
    const fields = { cmic: 0, nn: 32, ...controller, sn: serial.padEnd(20) };
    return fill(capturedOutput('nvme', 'shim-id-ctrl').text, fields);
  }

  #listNamespaces(call: ToolCall): ToolResult {
    const { active = [1], allocated = null } = this.#options;
    const list = call.args.includes('--all') ? allocated : active;
    if (list === null) throw failed(call, 'shim-list-ns-all-refused');
    const { text } = capturedOutput('nvme', 'shim-list-ns');
    const [head = '', entry = '', tail = ''] = text.split(/(?<=\[\n)|(?=\n {2}\])/);
    return ok(`${head}${list.map((id) => entry.replace('1', `${id}`)).join(',\n')}${tail}`);
  }

  #namespace(): string {
    const { looks = 3, tellsFormat = true, namespace = {} } = this.#options;
    const left = Math.ceil((this.formatLooksLeft * 100) / Math.max(1, looks + 1));
    if (this.formatLooksLeft > 0) this.formatLooksLeft -= 1;
    const fpi = tellsFormat ? 0x80 | Math.min(left, 0x7f) : 0;
    return fill(capturedOutput('nvme', 'shim-id-ns').text, { fpi, ...namespace });
  }

  #sanitizeLog(): string {
    if (this.log.state === 'under-way') this.#advance();
    const { state, cdw10, progress, globalErased, passes } = this.log;
    const status = statusTexts[state];
    const text = fill(capturedOutput('nvme', 'shim-sanitize-log-never').text, {
      sprog: progress,
      status,
      cdw10_info: cdw10,
      global_erased: globalErased,
      no_cmplted_passes: passes,
    });
    return text.replace('"loop0"', `"${this.#name}"`);
  }

  #advance(): void {
    if (this.faults.noProgress) return;
    const { looks = 3 } = this.#options;
    if (this.#looksLeft === 0) {
      this.#endSanitize();
      return;
    }
    this.log.progress = Math.floor((65536 * (looks - this.#looksLeft)) / looks);
    this.#looksLeft -= 1;
  }

  #endSanitize(): void {
    const { log, faults } = this;
    log.progress = 65535;
    log.state = faults.sanitizeFails ? 'failed' : 'completed';
    if (faults.sanitizeFails) return;
    log.globalErased = 1;
    log.passes = log.cdw10 >> 4;
    const action = sanitizeActions[log.cdw10 & 7];
    if (!faults.keepsData && action) this.#options.erase?.(action);
  }

  #sanitize(call: ToolCall): ToolResult {
    if (this.log.state === 'under-way') throw failed(call, 'shim-sanitize-busy');
    this.#throwIfRefused(call);
    this.commands.push(call.args);
    const option = (name: string): number =>
      Number(call.args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? 0);
    if (!this.faults.doesNothing) this.beginSanitize(option('sanact') | (option('owpass') << 4));
    if (this.faults.losesAnswer) throw failed(call, 'shim-no-answer');
    return ok(capturedOutput('nvme', 'shim-sanitize-crypto').text);
  }

  async #format(call: ToolCall): Promise<ToolResult> {
    if (!call.args.includes('--opcode=0x80')) throw new Error(`not simulated: nvme ${call.args.join(' ')}`);
    if (this.formatLooksLeft > 0) throw failed(call, 'shim-format-busy');
    this.#throwIfRefused(call);
    this.commands.push(call.args);
    const { looks = 3, tellsFormat = true } = this.#options;
    this.formatLooksLeft = tellsFormat ? looks : 0;
    while (this.formatLooksLeft > 0) await delay(1);
    const dword10 = Number(call.args.find((arg) => arg.startsWith('--cdw10='))?.split('=')[1]);
    const what = ([undefined, 'user-data', 'crypto'] as const)[(dword10 >> 9) & 7];
    if (what && !this.faults.doesNothing && !this.faults.keepsData) this.#options.erase?.(what);
    return { stdout: '', stderr: capturedOutput('nvme', 'shim-format').stderr, exitCode: 0 };
  }

  #throwIfRefused(call: ToolCall): void {
    const { refusal } = this.faults;
    if (!refusal || this.#refusals >= refusal.times) return;
    this.#refusals += 1;
    throw failed(call, refusal.fixture);
  }
}

const statusTexts = Object.fromEntries(
  sanitizeStates.map((state) => {
    const { text } = capturedOutput('nvme', `shim-sanitize-log-${state}`);
    return [state, /"status":"([^"]*)"/.exec(text)?.[1] ?? ''];
  }),
) as Readonly<Record<SanitizeState, string>>;

function ok(stdout: string): ToolResult {
  return { stdout, stderr: '', exitCode: 0 };
}

function failed(call: ToolCall, fixture: string): ToolError {
  const { stderr, exitCode } = capturedOutput('nvme', fixture);
  return new ToolError(call, { exitCode, why: `exit code ${exitCode}`, stderrTail: stderr.trim() });
}

/** Captured text with other values. */
function fill(text: string, values: Readonly<Record<string, number | string>>): string {
  return Object.entries(values).reduce((filled, [key, value]) => {
    const field = new RegExp(`"${key}":(-?\\d+|"[^"]*")`);
    if (!field.test(filled)) throw new Error(`nvme printed no ${key}`);
    return filled.replace(field, `"${key}":${JSON.stringify(value)}`);
  }, text);
}
