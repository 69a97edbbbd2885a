import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HardwareManager } from '../../src/core/hardware-manager.ts';
import type { Host } from '../../src/core/job-context.ts';
import { genericManager } from '../../src/hardware/generic-manager.ts';
import { type ManagerToolkit, managerToolkit } from '../../src/hardware/toolkit.ts';
import { silentHost } from '../support/silent-host.ts';
import { createStorageHost } from '../support/storage-host.ts';
import { describeHardwareManager } from './hardware-manager.ts';

const example = path.join(import.meta.dirname, '../../examples/hardware-manager/manager.js');

/** A machine on which every program does well and prints nothing. */
function willingHost(): Host {
  return { ...silentHost(), run: () => Promise.resolve({ stdout: '', stderr: '', exitCode: 0 }) };
}

/** A manager made by the function that its module exports, as it is when it is loaded. */
async function made(module: string): Promise<HardwareManager> {
  const { default: make } = (await import(pathToFileURL(module).href)) as {
    readonly default: (toolkit: ManagerToolkit) => HardwareManager;
  };
  return make(managerToolkit);
}

describeHardwareManager('the generic manager', async () => ({
  manager: genericManager,
  host: createStorageHost([], { injectFilesPriority: 0 }),
}));

describeHardwareManager('the example', async () => ({ manager: await made(example), host: willingHost() }));
