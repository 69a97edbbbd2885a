import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A text that is nowhere else on this machine, to be found again wherever it leaks to. */
export function canary(name: string): string {
  return `canary-${name}-${randomBytes(12).toString('hex')}`;
}

/** A text as it may stand somewhere: plain, in hex, and inside of base64 at each of the three places where it may begin. */
function spellingsOf(text: string): readonly string[] {
  const inBase64 = [0, 1, 2].map((before) => {
    const encoded = Buffer.from(`${'x'.repeat(before)}${text}`).toString('base64');
    // The first and the last characters depend on the neighbours.
    return encoded.slice(before === 0 ? 0 : 4, -4);
  });
  return [text, Buffer.from(text).toString('hex'), ...inBase64];
}

/** Looks for secrets in everything that it is shown; remembers where it found which. */
export class LeakSearch {
  /** `<where>: <name of the secret>` */
  readonly leaks: string[] = [];
  /** How many texts of each kind were searched. */
  readonly searched = new Map<string, number>();
  readonly #secrets: readonly (readonly [name: string, spelling: string])[];

  constructor(secrets: Readonly<Record<string, string>>) {
    this.#secrets = Object.entries(secrets).flatMap(([name, text]) =>
      spellingsOf(text).map((spelling) => [name, spelling] as const),
    );
  }

  /** Names of the secrets in a text, without noting them. */
  namesIn(text: string): readonly string[] {
    return [...new Set(this.#secrets.filter(([, spelling]) => text.includes(spelling)).map(([name]) => name))];
  }

  search(kind: string, where: string, text: string, except: readonly string[] = []): void {
    this.searched.set(kind, (this.searched.get(kind) ?? 0) + 1);
    for (const name of this.namesIn(text)) {
      if (!except.includes(name)) this.leaks.push(`${kind} ${where}: ${name}`);
    }
  }

  /** Command line and environment of a process and of all that it and its children have started. */
  searchProcesses(ancestor: number): void {
    for (const pid of withDescendants(ancestor)) {
      for (const file of ['cmdline', 'environ']) {
        const text = readIfThere(`/proc/${pid}/${file}`).toString('latin1').replaceAll('\0', ' ');
        this.search(file, text.slice(0, 60), text);
      }
    }
  }

  /** Every file below a directory but those below or at `except`; what is compressed is looked into too. */
  searchFiles(directory: string, except: readonly string[] = []): void {
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      const name = path.relative(directory, file);
      if (!entry.isFile() || except.some((known) => `${name}/`.startsWith(`${known}/`))) continue;
      const bytes = readIfThere(file);
      const unpacked = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : Buffer.alloc(0);
      this.search('file', name, `${bytes.toString('latin1')}${unpacked.toString('latin1')}`);
    }
  }
}

/** Processes and temporary files come and go. */
function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

function withDescendants(pid: number): readonly number[] {
  const threads = readdirIfThere(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) =>
    readIfThere(`/proc/${pid}/task/${thread}/children`).toString().split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(withDescendants)];
}

function readdirIfThere(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
