import { EventEmitter } from 'node:events';
import type { Config } from '../../src/core/config.ts';
import type { IronicNode } from '../../src/core/ironic-node.ts';
import type { JobCheckpoint, StepContext } from '../../src/core/job-context.ts';
import type { AnyStep } from '../../src/core/step.ts';
import { createJobContext, type TestJobContext } from './job-context.ts';
import type { MemoryCertificates } from './memory-certificates.ts';

export interface EraseStepScene {
  /** The only devices that the step may touch, or see. */
  readonly devices: readonly string[];
  readonly args?: object;
  readonly node?: Partial<IronicNode>;
  readonly config?: Partial<Config>;
  readonly signal?: AbortSignal;
  readonly checkpoint?: JobCheckpoint;
}

export interface EraseStepRun {
  readonly context: TestJobContext & StepContext & { readonly certificates: MemoryCertificates };
  /** By the path of the disk. */
  readonly result: Promise<Readonly<Record<string, WireErasure>>>;
}

/** What the result of a step says of one disk, as far as tests look at it. */
export interface WireErasure {
  readonly clean: boolean;
  readonly reason: string | null;
  readonly method_asked: string;
  readonly method_done: string | null;
  readonly sanitization: string | null;
  readonly bytes: number;
  readonly bad_sectors: number;
  readonly verification: readonly { readonly name: string; readonly passed: boolean }[];
  readonly resumed: number;
  readonly certificate: { readonly id: string; readonly sha256: string; readonly signed: boolean };
}

const eraseConfig: Partial<Config> = {
  eraseVerification: 'full',
  eraseControllerConcurrency: 16,
  eraseCertificateKeyFile: null,
  eraseCertificateOperator: null,
  eraseCertificateLocation: null,
  eraseCertificateContact: null,
};

/** Starts an erase step on real devices, with the real latch, tools and guard. */
export function startEraseStep(step: AnyStep, scene: EraseStepScene): EraseStepRun {
  // Every device listens on the one signal.
  if (scene.signal) EventEmitter.setMaxListeners(50, scene.signal);
  const job = createJobContext({ ...scene, config: { ...eraseConfig, ...scene.config } });
  const node = { uuid: '00000000-0000-4000-8000-000000000000', ...scene.node };
  const context = { ...job, node, ports: [] } as EraseStepRun['context'];
  return { context, result: step.run(scene.args ?? {}, context) as EraseStepRun['result'] };
}
