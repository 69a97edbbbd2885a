import { once } from 'node:events';
import { Session } from 'node:inspector/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Worker } from 'node:worker_threads';

/** Time that one function had for itself. */
export interface FunctionShare {
  readonly name: string;
  readonly selfMs: number;
}

/** The part of https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#type-Profile that is used here. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

const shown = 15;
const intervalMicroseconds = 500;

/** A worker that keeps its profile before it is ended. */
interface ProfiledWorker {
  readonly label: string;
  readonly profile: Promise<string | null>;
}

/**
 * Profiles this thread and each one that is started from now on; call before the modules are used that start threads. The function
 * that comes back ends it and gives the functions by their own time, for each thread by its name.
 */
export function startProfiles(): () => Promise<Readonly<Record<string, readonly FunctionShare[]>>> {
  const workers: ProfiledWorker[] = [];
  const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Worker };
  threads.Worker = class extends threads.Worker {
    readonly #started: Promise<Awaited<ReturnType<Worker['startCpuProfile']>>>;
    readonly #stopped = Promise.withResolvers<string | null>();

    constructor(...[file, options]: ConstructorParameters<typeof Worker>) {
      super(file, options);
      // There is nothing to profile before it runs.
      this.#started = once(this, 'online').then(() => this.startCpuProfile());
      this.#started.catch(() => undefined);
      workers.push({ label: `${options?.name ?? 'thread'} ${workers.length + 1}`, profile: this.#stopped.promise });
    }

    override async terminate(): Promise<number> {
      this.#stopped.resolve(await this.#started.then((profile) => profile.stop()).catch(() => null));
      return super.terminate();
    }
  };
  syncBuiltinESMExports();
  const session = new Session();
  session.connect();
  const began = (async () => {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: intervalMicroseconds });
    await session.post('Profiler.start');
  })();
  return async () => {
    await began;
    const { profile } = await session.post('Profiler.stop');
    const found: Record<string, readonly FunctionShare[]> = { main: bySelfTime(profile as Profile) };
    for (const { label, profile: text } of workers) {
      const got = await text;
      if (got !== null) found[label] = bySelfTime(JSON.parse(got) as Profile);
    }
    return found;
  };
}

/** Each sample belongs to the function on top, for the time until the next one. */
function bySelfTime({ nodes, samples = [], timeDeltas = [] }: Profile): readonly FunctionShare[] {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const place = url === '' ? '' : ` ${url.split('/').at(-1)}:${lineNumber + 1}`;
      return [id, `${functionName || '(anonymous)'}${place}`];
    }),
  );
  const sums = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = names.get(id) ?? '?';
    sums.set(name, (sums.get(name) ?? 0) + (timeDeltas[index + 1] ?? 0) / 1000);
  });
  return [...sums]
    .map(([name, selfMs]) => ({ name, selfMs: Math.round(selfMs) }))
    .sort((a, b) => b.selfMs - a.selfMs)
    .slice(0, shown);
}
