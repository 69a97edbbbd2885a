import type { RunTool, ToolCall, ToolResult } from '../../src/core/tool.ts';
import { ToolError } from '../../src/errors/tool-error.ts';
import { type CapturedOutput, capturedOutput } from './captured-output.ts';

type Operation = 'sanitize' | 'format';

/** How a simulated disk behaves; what is not said is good behaviour. */
export interface ScsiBehaviour {
  /** It accepts commands and tells of progress, and leaves the bytes as they are. */
  readonly isNoOp?: boolean;
  /** Questions that an operation lasts; 0: it is over before the first one. */
  readonly questions?: number;
  /** After so many questions it happens: what was begun fails, stands still, is lost with the disk, or sees a reset. */
  readonly mishap?: {
    readonly kind: 'fails' | 'stalls' | 'vanishes' | 'resets';
    readonly afterQuestions: number;
  };
  /** `sense`: as the standard has it; `ready`: this and failures only to TEST UNIT READY; `silent`: at work, but not how far. */
  readonly tellsProgress?: 'sense' | 'ready' | 'silent';
  /** Commands that it lists and takes: `sanitize-crypto`, `format`. Default: all. */
  readonly commands?: readonly string[];
  /** What becomes of the command: refused after a unit attention or for good, or no answer, with the disk at work or not. */
  readonly onStart?: 'attention' | 'refuses' | 'hangs' | 'hangs-at-work';
  readonly lbprz?: boolean;
}

/** What a disk erases its bytes with; by default it has none. */
export type EraseBytes = (action: string) => Promise<void>;

interface Work {
  readonly operation: Operation;
  readonly action: string;
  asked: number;
}

const resetSilence = 3;
const eraseActions = ['crypto', 'block', 'overwrite'] as const;

/**
 * A SCSI disk as far as erasing goes, behind the command lines of sg3-utils 1.46; it answers as test/fixtures/tools/sg_* shows the
 * real programs do. Its state lives as long as the object, whoever asks: a worker may die in between.
 */
export class SimulatedScsi {
  readonly calls: ToolCall[] = [];
  /** Commands that it took, in order: `sanitize-crypto`, `format`. */
  readonly started: string[] = [];
  /** What it is failing with, until another operation has ended well. */
  failed: Operation | null = null;
  readonly #behaviour: ScsiBehaviour;
  readonly #erase: EraseBytes;
  #work: Work | null = null;
  #silence = 0;
  #attention = false;
  #isGone = false;
  #mishapDone = false;
  #refusedOnce = false;

  constructor(behaviour: ScsiBehaviour = {}, erase: EraseBytes = async () => undefined) {
    this.#behaviour = behaviour;
    this.#erase = erase;
  }

  /** Somebody else begins an operation. */
  beginElsewhere(operation: Operation): void {
    this.#work = { operation, action: 'elsewhere', asked: 0 };
  }

  get isAtWork(): boolean {
    return this.#work !== null;
  }

  readonly run: RunTool = async (call) => {
    this.calls.push(call);
    const { stdout, stderr, exitCode } = await this.#answer(call);
    if ((call.okExitCodes ?? [0]).includes(exitCode)) return { stdout, stderr, exitCode };
    throw new ToolError(call, { exitCode, why: `exit code ${exitCode}`, stderrTail: stderr.trim() });
  };

  async #answer({ program, args }: ToolCall): Promise<ToolResult> {
    const known = await this.#programs[program]?.(args.slice(0, -1).join(' '));
    if (known) return known;
    throw new Error(`the simulated disk does not know ${[program, ...args].join(' ')}`);
  }

  readonly #programs: Readonly<Record<string, (options: string) => Promise<ToolResult | null>>> = {
    sg_requests: async (options) => (options === '--hex' ? this.#requestSense() : null),
    sg_turs: async (options) => (options === '--verbose' ? this.#testUnitReady() : null),
    sg_readcap: async (options) => (options === '--long' ? this.#readCapacity() : null),
    sg_opcodes: async (options) => this.#reportSupport(options),
    sg_sanitize: async (options) => {
      const action = eraseActions.find((each) => options.startsWith(`--${each}`));
      if (!action) return null;
      const expected = `--${action}${action === 'overwrite' ? ' --zero' : ''} --quick --early`;
      return options === expected ? await this.#begin('sanitize', action) : null;
    },
    sg_format: async (options) =>
      options === '--format --quick --early' ? await this.#begin('format', 'format') : null,
  };

  async #requestSense(): Promise<ToolResult> {
    const lost = this.#lost('sg_requests');
    if (lost) return lost;
    await this.#advance();
    const sense = senseOf(this.#work, this.failed, this.#share());
    if (this.#behaviour.tellsProgress === 'ready') return captured('sg_requests', 'nothing');
    return { stdout: hexDump(sense), stderr: '', exitCode: 0 };
  }

  async #testUnitReady(): Promise<ToolResult> {
    const lost = this.#lost('sg_turs');
    if (lost) return lost;
    if (this.#attention) {
      this.#attention = false;
      return captured('sg_turs', 'attention');
    }
    const work = this.#work;
    if (work) {
      const name = work.operation === 'sanitize' ? 'sanitizing' : 'formatting';
      const { stderr, ...rest } = captured('sg_turs', name);
      const percent = `${((this.#share() ?? 0) * 100).toFixed(2)}%`;
      return { ...rest, stderr: stderr.replace(/\d+\.\d+%/, percent) };
    }
    if (this.failed) return captured('sg_turs', `${this.failed}-failed`);
    return captured('sg_turs', 'ready');
  }

  #readCapacity(): ToolResult {
    const lost = this.#lost('sg_readcap');
    if (lost) return lost;
    if (this.#work) return captured('sg_readcap', 'sanitizing');
    return captured('sg_readcap', this.#behaviour.lbprz === false ? 'reads-anything' : 'reads-zeros');
  }

  #reportSupport(options: string): ToolResult | null {
    const lost = this.#lost('sg_opcodes');
    if (lost) return lost;
    const commands: Readonly<Record<string, string>> = {
      '--opcode=0x48,0x01': 'sanitize-overwrite',
      '--opcode=0x48,0x02': 'sanitize-block',
      '--opcode=0x48,0x03': 'sanitize-crypto',
      '--opcode=0x04': 'format',
    };
    const command = commands[options];
    if (command === undefined) return null;
    if (this.#has(command)) return captured('sg_opcodes', command);
    return captured('sg_opcodes', command === 'format' ? 'no-format' : 'no-sanitize-crypto');
  }

  #has(command: string): boolean {
    return this.#behaviour.commands?.includes(command) ?? true;
  }

  async #begin(operation: Operation, action: string): Promise<ToolResult> {
    const program = `sg_${operation}`;
    if (this.#isGone) return captured(program, 'gone');
    if (this.#work) return captured(program, 'in-progress');
    const command = operation === 'format' ? 'format' : `sanitize-${action}`;
    if (!this.#has(command)) return captured(program, 'not-supported');
    const { onStart } = this.#behaviour;
    if (onStart === 'refuses') return captured(program, operation === 'format' ? 'failed' : 'aborted');
    if (onStart === 'attention' && !this.#refusedOnce) {
      this.#refusedOnce = true;
      return captured(program, 'attention');
    }
    if (onStart === 'hangs') return captured('sg_sanitize', 'overwrite-hung');
    this.started.push(command);
    this.#work = { operation, action, asked: 0 };
    if ((this.#behaviour.questions ?? 4) === 0) await this.#end();
    if (onStart === 'hangs-at-work') return captured('sg_sanitize', 'overwrite-hung');
    return captured(program, operation === 'format' ? 'started' : `accepted-${action}`);
  }

  /** Every question brings what is under way a step further. */
  async #advance(): Promise<void> {
    const work = this.#work;
    if (!work) return;
    const { mishap, questions = 4 } = this.#behaviour;
    if (mishap && !this.#mishapDone && work.asked >= mishap.afterQuestions) {
      if (mishap.kind === 'stalls') return;
      this.#mishapDone = true;
      if (mishap.kind === 'vanishes') this.#isGone = true;
      if (mishap.kind === 'fails') [this.failed, this.#work] = [work.operation, null];
      if (mishap.kind === 'resets') [this.#silence, this.#attention, work.asked] = [resetSilence, true, 0];
      return;
    }
    work.asked += 1;
    if (work.asked > questions) await this.#end();
  }

  async #end(): Promise<void> {
    const work = this.#work;
    this.#work = null;
    this.failed = null;
    if (work && !this.#behaviour.isNoOp) await this.#erase(work.action);
  }

  #share(): number | null {
    const { questions = 4, tellsProgress } = this.#behaviour;
    if (!this.#work || tellsProgress === 'silent') return null;
    return this.#work.asked / (questions + 1);
  }

  /** No answer comes; this version of the programs exits with 0 then. */
  #lost(program: string): ToolResult | null {
    if (this.#isGone) return { stdout: '', stderr: captured('sg_sanitize', 'gone').stderr, exitCode: 56 };
    if (this.#silence === 0) return null;
    this.#silence -= 1;
    return captured(program, 'no-connect');
  }
}

function captured(program: string, name: string): ToolResult {
  const { text, stderr, exitCode }: CapturedOutput = capturedOutput(program, name);
  return { stdout: text, stderr, exitCode };
}

/** Fixed format, SPC-5 table 53. */
function senseOf(work: Work | null, failed: Operation | null, share: number | null): readonly number[] {
  const bytes = new Array<number>(18).fill(0);
  [bytes[0], bytes[7]] = [0x70, 10];
  if (work) {
    [bytes[2], bytes[12], bytes[13]] = [2, 0x04, work.operation === 'sanitize' ? 0x1b : 0x04];
    const progress = share === null ? null : Math.floor(share * 65536);
    if (progress !== null) [bytes[15], bytes[16], bytes[17]] = [0x80, progress >> 8, progress & 0xff];
  } else if (failed) {
    [bytes[2], bytes[12], bytes[13]] = [3, 0x31, failed === 'sanitize' ? 0x03 : 0x01];
  }
  return bytes;
}

/** As hex2stdout of sg3-utils does it, 16 bytes to a line; checked against a capture by the test of this file. */
export function hexDump(bytes: readonly number[]): string {
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
  let dump = '';
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const line = bytes.slice(offset, offset + 16).map(hex);
    const text = [line.slice(0, 8).join(' '), ...(line.length > 8 ? [line.slice(8).join(' ')] : [])].join('  ');
    dump += ` ${hex(offset)}     ${text}\n`;
  }
  return dump;
}
