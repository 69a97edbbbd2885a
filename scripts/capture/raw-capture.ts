import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** One run of a program; `exitCode` is null where it is not installed on that machine. */
export interface CapturedProgram {
  readonly argv: readonly string[];
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine as the collectors read it: one file of test/machines. Paths are absolute. */
export interface MachineCapture {
  /** Text of files; `base64:` and the bytes for one that is no UTF-8. */
  readonly files: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
  readonly programs: readonly CapturedProgram[];
}

export const binaryMark = 'base64:';

/** Reads what the capture script has packed, unpacked into a directory. */
export function readRawCapture(directory: string): MachineCapture {
  const files: Record<string, string> = {};
  const links: Record<string, string> = {};
  const root = path.join(directory, 'files');
  // Not by `recursive`: that follows links, and those of sysfs lead in circles.
  const walk = (directory: string): void => {
    for (const entry of readdirSync(path.join(root, directory), { withFileTypes: true }).sort(byName)) {
      const name = path.join(directory, entry.name);
      const at = path.join(root, name);
      if (entry.isDirectory()) walk(name);
      else if (entry.isSymbolicLink()) links[name] = readlinkSync(at);
      else files[name] = textOrBytes(readFileSync(at));
    }
  };
  walk('/');
  return { files, links, programs: readPrograms(path.join(directory, 'programs')) };
}

function readPrograms(directory: string): readonly CapturedProgram[] {
  const numbers = readdirSync(directory).flatMap((name) => /^(\d+)\.argv$/.exec(name)?.[1] ?? []);
  return numbers
    .map(Number)
    .sort((a, b) => a - b)
    .map((number) => {
      const at = (extension: string) => path.join(directory, `${number}.${extension}`);
      const argv = readFileSync(at('argv'), 'utf8').split('\0').slice(0, -1);
      const isInstalled = lstatSync(at('exit'), { throwIfNoEntry: false }) !== undefined;
      if (!isInstalled) return { argv, exitCode: null, stdout: '', stderr: '' };
      const read = (extension: string) => readFileSync(at(extension), 'utf8');
      // Whatever the program read on the machine's Node is one thing to the tests: where it lay there says nothing.
      const isFacts = argv[0] === 'node';
      return {
        argv: isFacts ? ['systeminformation'] : argv,
        exitCode: Number(read('exit')),
        stdout: read('stdout'),
        stderr: read('stderr'),
      };
    });
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function textOrBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // A device tree ends its texts with a zero byte.
  const isText = Buffer.from(text, 'utf8').equals(bytes) && !text.slice(0, -1).includes('\0');
  return isText ? text : binaryMark + bytes.toString('base64');
}
