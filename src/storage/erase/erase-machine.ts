import type { IronicNode } from '../../core/ironic-node.ts';
import { isCancelled } from '../../core/job-cancelled.ts';
import type { JobContext, StepContext } from '../../core/job-context.ts';
import { packageVersion } from '../../core/package-version.ts';
import {
  BlockDeviceEraseError,
  CommandCancelledError,
  ErasePlanChangedError,
  ProtectedDeviceError,
} from '../../errors/catalogue.ts';
import { collectSystemVendor } from '../../inventory/system-vendor.ts';
import { performRelease } from '../holders/perform-release.ts';
import { EraseJournal } from './act/journal.ts';
import { hasTouched, judgeAgain } from './act/judge-again.ts';
import { performPlan } from './act/perform-plan.ts';
import { performerOf } from './certificate/common-fields.ts';
import { type MachineCertificates, makeCertificates, shortCertificate } from './certificate/make-certificates.ts';
import { type CertificateSigner, loadSigner } from './certificate/signer.ts';
import type { DeviceErasure, MachineErasure } from './device-erasure.ts';
import { erasureToWire } from './erasure-to-wire.ts';
import { type EraseMethods, eraseMethods } from './methods/catalogue.ts';
import type { EraseArgs } from './plan/erase-args.ts';
import type { ErasePlan, EraseStepName } from './plan/erase-plan.ts';
import { assertStillPermitted, planErasure } from './plan/plan-erasure.ts';

/**
 * An erase step from its plan to its certificates. Nothing is touched unless all of the plan may be done. Gives the result of each
 * disk, by its path. Throws ProtectedDeviceError, ErasePlanChangedError, ConfigurationError and InvalidCommandParamsError before
 * anything is touched, and BlockDeviceEraseError or CommandCancelledError when every disk has come to its end.
 */
export async function eraseMachine(
  step: EraseStepName,
  args: EraseArgs,
  context: StepContext,
  methods: EraseMethods = eraseMethods,
): Promise<Readonly<Record<string, object>>> {
  const keyFile = context.config.eraseCertificateKeyFile;
  const signer = keyFile === null ? null : loadSigner(keyFile);
  const journal = await resumeOrBegin(step, args, context, methods);
  const devices = await performPlan(journal, context, methods);
  const certificates = certify(journal, devices, signer, context);
  assertAllClean(devices, certificates, context);
  const entries = devices.map((erasure, index) => {
    const certificate = certificates.disks[index];
    return [erasure.device.path, erasureToWire(erasure, certificate ? shortCertificate(certificate) : null)] as const;
  });
  return Object.fromEntries(entries);
}

/** Goes on where another process died, or plans, refuses, and takes down what uses the disks. */
async function resumeOrBegin(
  step: EraseStepName,
  args: EraseArgs,
  context: StepContext,
  methods: EraseMethods,
): Promise<EraseJournal> {
  const known = EraseJournal.resume(context.checkpoint);
  if (known) {
    context.log.info({ plan: known.run.hash }, 'going on with an erase that was cut off');
    if (!hasTouched(known)) await release(known.run.plan, context);
    await judgeAgain(known, context);
    return known;
  }
  const { plan, hash } = await planErasure({ step, args, node: context.node }, context, methods);
  if (args.plan_hash !== undefined && args.plan_hash !== hash) {
    throw new ErasePlanChangedError(
      `the approved plan is ${args.plan_hash}, what would be done now is ${hash}; nothing was touched`,
    );
  }
  refuse(plan);
  for (const { device, why } of plan.leftOut) context.log.warn({ device, why }, 'disk left out');
  // On record before the release: a plan that is made after it is another one.
  const journal = EraseJournal.begin(context.checkpoint, { plan, hash, startedAt: new Date().toISOString() });
  await release(plan, context);
  return journal;
}

async function release(plan: ErasePlan, context: StepContext): Promise<void> {
  await performRelease(plan.release, context);
  // Who else has a disk to himself shows only when its known holders are gone.
  if (plan.release.length > 0) await assertStillPermitted(plan, context.node, context);
}

function refuse({ refusals }: ErasePlan): void {
  if (refusals.length === 0) return;
  const details = `${refusals.map(({ detail }) => detail).join('; ')}; nothing was touched`;
  const isCapability = refusals.every(({ reason }) => reason === 'no-method' || reason === 'unreadable');
  throw isCapability ? new BlockDeviceEraseError(details) : new ProtectedDeviceError(details);
}

function certify(
  journal: EraseJournal,
  devices: readonly DeviceErasure[],
  signer: CertificateSigner | null,
  context: StepContext,
): MachineCertificates {
  const certificates = makeCertificates(machineErasure(journal, devices, context), signer, performerOf(context.config));
  for (const certificate of [...certificates.disks, certificates.host]) context.certificates.save(certificate);
  context.log.info({ certificate: certificates.host.id, signed: signer !== null }, 'certificates are ready');
  return certificates;
}

function machineErasure(
  { run: { plan, hash, startedAt } }: EraseJournal,
  devices: readonly DeviceErasure[],
  { jobId, node }: Pick<JobContext, 'jobId'> & { readonly node: IronicNode },
): MachineErasure {
  const { manufacturer, product_name: product, serial_number: serial } = collectSystemVendor();
  const name = node['name'];
  return {
    runId: jobId,
    step: plan.step,
    nodeUuid: node.uuid,
    nodeName: typeof name === 'string' ? name : null,
    machine: { manufacturer, product, serial },
    agentVersion: packageVersion(),
    planHash: hash,
    readBack: plan.options.readBack,
    startedAt,
    endedAt: new Date().toISOString(),
    devices,
    leftOut: plan.leftOut,
  };
}

function assertAllClean(
  devices: readonly DeviceErasure[],
  { host }: MachineCertificates,
  { signal }: StepContext,
): void {
  const unclean = devices.filter(({ isClean }) => !isClean);
  if (unclean.length === 0) return;
  const reasons = unclean.map(({ device, reason }) => `${device.path}: ${reason}`);
  const summary = `${unclean.length} of ${devices.length} disks are not clean (certificate ${host.id})`;
  const details = `${summary}: ${reasons.join('; ')}`;
  throw isCancelled(signal) ? new CommandCancelledError(details) : new BlockDeviceEraseError(details);
}
