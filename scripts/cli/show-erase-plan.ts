import { readFileSync } from 'node:fs';
import { loadConfig } from '../../src/config/load-config.ts';
import { readConfigInputs } from '../../src/config/read-config-inputs.ts';
import type { IronicNode } from '../../src/core/ironic-node.ts';
import { ConfigurationError } from '../../src/errors/catalogue.ts';
import { errorText } from '../../src/errors/guards.ts';
import { schemaOfArgs } from '../../src/queries/erase-plan.ts';
import { stateDirAt } from '../../src/queue/state-dir.ts';
import { planErasure } from '../../src/storage/erase/plan/plan-erasure.ts';
import { presentPlan } from '../../src/storage/erase/plan/present-plan.ts';
import type { PlanFlags } from './erase-plan.ts';
import { planText } from './erase-plan-text.ts';
import { configRequest } from './options.ts';
import { withReadingHost } from './reading-host.ts';

const noNode = 'no node is known: its erase options, hints and skip list are not in this plan; see --node';
const noDevices = 'outside the ramdisk only the disks named by --devices are looked at, and none is named';

/** Plans, prints, and sets the exit code: 3 where it is refused. Throws ConfigurationError for what it cannot use. */
export async function showErasePlan({ json, node: file, step = 'erase_devices', ...flags }: PlanFlags): Promise<void> {
  if (process.getuid?.() !== 0) throw new ConfigurationError('disks are asked what they can do: expected root');
  const { method, passes, verification, fabricDevices, dissolveArrays, ...options } = flags;
  const { config } = loadConfig(readConfigInputs(configRequest(options)));
  const node = file === undefined ? knownNode(config.stateDir) : readNode(file);
  const args = {
    ...(method === undefined ? {} : { method }),
    ...(passes === undefined ? {} : { passes: passes.split(',') }),
    ...(verification === undefined ? {} : { verification }),
    ...(fabricDevices === undefined ? {} : { fabric_devices: fabricDevices.split(',') }),
    ...(dissolveArrays ? { dissolve_arrays: true } : {}),
  };
  const checked = schemaOfArgs(step).validate(args, { convert: false });
  if (checked.error) throw new ConfigurationError(checked.error.message);
  const notes: string[] = [];
  if (node === null) notes.push(noNode);
  if (!config.insideRamdisk && config.devices.length === 0) notes.push(noDevices);
  const plan = await withReadingHost(config, notes, async (host) => {
    const request = { step, node: node ?? { uuid: '' }, args: checked.value };
    const { plan: planned, hash } = await planErasure(request, host);
    return presentPlan(planned, hash);
  });
  const text = json ? JSON.stringify(plan, null, 2) : planText(plan, process.stdout.columns);
  process.stderr.write(notes.map((note) => `note: ${note}\n`).join(''));
  process.stdout.write(`${text}\n`);
  process.exitCode = plan.refusals.length > 0 ? 3 : 0;
}

/** What an agent of this boot was told at its lookup; null where there was none. */
function knownNode(stateDir: string): IronicNode | null {
  try {
    const identity = JSON.parse(readFileSync(stateDirAt(stateDir, '').identity, 'utf8')) as { node?: IronicNode };
    return identity.node ?? null;
  } catch {
    return null;
  }
}

/** A node, or what holds one, as `openstack baremetal node show -f json` and command parameters do. */
function readNode(file: string): IronicNode {
  const found = parse(file) as { readonly node?: unknown; readonly uuid?: unknown } | null;
  const node = (typeof found?.node === 'object' ? found.node : found) as IronicNode | null;
  if (typeof node?.uuid === 'string') return node;
  throw new ConfigurationError(`--node: ${file}: expected a node in JSON, found no uuid`);
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new ConfigurationError(`--node: ${file}: ${errorText(error)}`, { cause: error });
  }
}
