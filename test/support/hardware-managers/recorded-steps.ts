import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, constants, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HardwareManager } from '../../../src/core/hardware-manager.ts';
import { isCancelled } from '../../../src/core/job-cancelled.ts';
import type { StepContext } from '../../../src/core/job-context.ts';
import type { Replay } from '../../../src/core/replay.ts';
import type { AnyStep } from '../../../src/core/step.ts';
import type { ManagerToolkit } from '../../../src/hardware/toolkit.ts';

interface SleepArgs {
  /** One line is appended for each start and end: `start 1234`, with the process id. */
  readonly file: string;
  readonly seconds: number;
  /** Opened with O_EXCL meanwhile. */
  readonly device?: string;
}

/**
 * A drop-in hardware manager for tests: steps that last as long as they are told, in each replay class, and leave a trace of
 * every run in a file. The directory of this file is a `--hardware-manager-dir`.
 */
// biome-ignore lint/style/noDefaultExport: the contract of a drop-in manager
export default function recordedSteps({
  joi,
  HardwareSupport,
  CommandExecutionError,
}: ManagerToolkit): HardwareManager {
  const common = {
    interface: 'deploy',
    offer: { clean: 0, deploy: 0, service: 0 },
    progress: 'steps',
    abortable: true,
    rebootRequested: false,
  } as const;
  const file = joi.string().required().description('Where the runs are recorded.');

  const sleeper = (name: string, replay: Replay): AnyStep => ({
    ...common,
    name,
    summary: `Sleep; ${replay}.`,
    args: joi.object({
      file,
      seconds: joi.number().required().description('How long.'),
      device: joi.string().description('Device to hold meanwhile.'),
    }),
    queue: 'erase',
    replay,
    run: sleepAndRecord,
  });

  const unabortable: AnyStep = { ...sleeper('sleep_unabortable', 'repeatable'), abortable: false };

  const stubborn: AnyStep = {
    ...sleeper('sleep_stubborn', 'resumable'),
    summary: 'Sleep on although it is cancelled, as a drive does with a sanitize.',
    args: joi.object({
      file,
      seconds: joi.number().required().description('How long.'),
      fails: joi.boolean().description('Whether it fails in the end when it was cancelled.'),
    }),
    run: sleepOn,
  };

  const failing: AnyStep = {
    ...common,
    name: 'fail_with',
    summary: 'Fail.',
    args: joi.object({
      text: joi.string().required().description('Text of the error.'),
      agent: joi.boolean().description('Whether to throw an error of the catalogue.'),
    }),
    queue: 'system',
    replay: 'repeatable',
    run: ({ text, agent }: { text: string; agent?: boolean }) =>
      Promise.reject(agent ? new CommandExecutionError(text) : new TypeError(text)),
  };

  const digesting: AnyStep = {
    ...common,
    name: 'digest_arguments',
    summary: 'Record the SHA-256 of what a secret argument was, without telling it.',
    args: joi.object({ file }).unknown(),
    queue: 'system',
    replay: 'repeatable',
    run({ file: record, ...args }: { file: string; [name: string]: unknown }, context: StepContext) {
      const text = JSON.stringify({ args, instance_info: context.node.instance_info });
      appendFileSync(record, `${createHash('sha256').update(text).digest('hex')}\n`);
      return Promise.resolve('recorded');
    },
  };

  const tool: AnyStep = {
    ...common,
    name: 'run_tool',
    summary: 'Run a program that changes nothing.',
    args: joi.object({
      program: joi.string().required().description('Program.'),
      args: joi.array().items(joi.string()).required().description('Its arguments.'),
    }),
    queue: 'system',
    replay: 'repeatable',
    async run({ program, args }: { program: string; args: string[] }, context: StepContext) {
      return (await context.run({ program, args, effect: { kind: 'read' } })).stdout;
    },
  };

  return {
    name: 'recorded_steps',
    className: 'RecordedSteps',
    version: '1',
    evaluateSupport: () => Promise.resolve(HardwareSupport.mainline),
    steps: [
      sleeper('sleep_repeatable', 'repeatable'),
      sleeper('sleep_resumable', 'resumable'),
      sleeper('sleep_once', 'once'),
      unabortable,
      stubborn,
      failing,
      digesting,
      tool,
    ],
  };
}

const tickMilliseconds = 50;

async function sleepOn({ file, seconds, fails }: SleepArgs & { readonly fails?: boolean }, context: StepContext) {
  appendFileSync(file, `start ${process.pid}\n`);
  await sleep(seconds * 1000);
  appendFileSync(file, `end ${process.pid}\n`);
  if (fails && isCancelled(context.signal)) throw new Error('/dev/sda is not clean: it was cancelled');
  return 'slept';
}

async function sleepAndRecord({ file, seconds, device }: SleepArgs, context: StepContext): Promise<string> {
  const held = device === undefined ? null : openSync(device, constants.O_RDWR | constants.O_EXCL);
  try {
    appendFileSync(file, `start ${process.pid}\n`);
    const ticks = Math.ceil((seconds * 1000) / tickMilliseconds);
    for (let tick = 1; tick <= ticks; tick++) {
      await sleep(tickMilliseconds, undefined, { signal: context.signal });
      context.report({ phase: 'sleep', done: tick, total: ticks });
    }
    appendFileSync(file, `end ${process.pid}\n`);
    return 'slept';
  } finally {
    if (held !== null) closeSync(held);
  }
}
