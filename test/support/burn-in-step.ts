import type { StepContext } from '../../src/core/job-context.ts';
import type { AnyStep } from '../../src/core/step.ts';
import { createToolRunner } from '../../src/tools/run.ts';
import { createJobContext, type JobContextOptions, type TestJobContext } from './job-context.ts';
import { smallNode } from './step-request.ts';

export interface BurnInScene extends Partial<JobContextOptions> {
  readonly driverInfo?: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface BurnInRun {
  readonly context: TestJobContext & StepContext;
  readonly result: Promise<unknown>;
}

/** The context of a burn-in step, with the real latch, and the real tools, which hear of an abortion. */
export function burnInContext({ driverInfo, properties, ...scene }: BurnInScene): BurnInRun['context'] {
  const node = { ...smallNode, driver_info: driverInfo ?? {}, properties: properties ?? {} };
  const job = createJobContext({ devices: [], ...scene });
  const { latch, log, signal } = job;
  return { ...job, run: createToolRunner({ latch, log, signal }), node, ports: [] };
}

export function startBurnIn(step: AnyStep, scene: BurnInScene = {}): BurnInRun {
  const context = burnInContext(scene);
  return { context, result: step.run({}, context) };
}
