import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { binaryMark, type CapturedProgram, type MachineCapture } from '../../scripts/capture/raw-capture.ts';
import type { RunTool } from '../../src/core/tool.ts';
import { ToolError } from '../../src/errors/tool-error.ts';

const machines = new URL('../machines/', import.meta.url);

export function readCapture(name: string): MachineCapture {
  return JSON.parse(readFileSync(new URL(`${name}/machine.json`, machines), 'utf8')) as MachineCapture;
}

/** A machine of test/machines: its files laid out below a directory, its programs answering as they did there. */
export class CapturedMachine implements Disposable {
  readonly root = mkdtempSync(path.join(tmpdir(), 'ironhand-machine-'));
  readonly capture: MachineCapture;

  constructor(name: string) {
    this.capture = readCapture(name);
    for (const [file, content] of Object.entries(this.capture.files)) {
      writeFileSync(this.#make(file), content.startsWith(binaryMark) ? decode(content) : content);
    }
    for (const [link, target] of Object.entries(this.capture.links)) symlinkSync(target, this.#make(link));
  }

  /** Where a path of that machine is laid out. */
  path(absolute: string): string {
    return path.join(this.root, absolute);
  }

  /** What a program was captured with, whatever its arguments; the first of several. Throws where it was not captured. */
  output(...argv: readonly string[]): CapturedProgram {
    const found = this.capture.programs.find((program) => argv.every((word, index) => program.argv[index] === word));
    if (!found) throw new Error(`not captured: ${argv.join(' ')}`);
    return found;
  }

  /** Answers as the real runner would have on that machine; throws for arguments that were not captured. */
  readonly run: RunTool = async (call) => {
    const argv = [call.program, ...call.args];
    // Nothing moves on a captured machine.
    if (call.program === 'udevadm' && call.args[0] === 'settle') return { stdout: '', stderr: '', exitCode: 0 };
    const captured = this.output(...argv);
    if (captured.argv.length !== argv.length) throw new Error(`not captured: ${argv.join(' ')}`);
    const { exitCode, stdout, stderr } = captured;
    if (exitCode === null) {
      throw new ToolError(call, { exitCode, why: `${call.program} is not installed`, stderrTail: '' });
    }
    if ((call.okExitCodes ?? [0]).includes(exitCode)) return { stdout, stderr, exitCode };
    throw new ToolError(call, { exitCode, why: `exit code ${exitCode}`, stderrTail: stderr.trim() });
  };

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }

  #make(absolute: string): string {
    const at = this.path(absolute);
    mkdirSync(path.dirname(at), { recursive: true });
    return at;
  }
}

function decode(content: string): Buffer {
  return Buffer.from(content.slice(binaryMark.length), 'base64');
}
