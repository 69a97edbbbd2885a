import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** Runs a program that makes bytes of bytes; resolves with its standard output, rejects with its name and what it said. */
export async function runBytes(
  program: string,
  args: readonly string[],
  input: Iterable<Buffer> = [],
): Promise<Buffer> {
  const child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [output, said, code] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    exit,
    // A program that gives up closes its input; why is in its exit code.
    pipeline(Readable.from(input), child.stdin).catch(() => {}),
  ]);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.trim().slice(-2000)}`);
  return output;
}
