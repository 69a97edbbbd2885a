import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IronicSettings } from '../../ironic/lab/ironic-conf.ts';
import { newestIronic } from '../../ironic/lab/ironic-release.ts';
import { NodeWatch } from '../../ironic/lab/node-watch.ts';
import { startIronic } from '../../ironic/lab/running-ironic.ts';
import { makeRamdisk } from './ramdisk-files.ts';
import { type VmNeeds, VmStage } from './vm-stage.ts';

/** Something that operators do with a machine, with a real Ironic and the real ramdisk. */
export interface VmFlow {
  /** Unique, in kebab-case. */
  readonly name: string;
  readonly title: string;
  readonly needs: VmNeeds;
  readonly ironic?: IronicSettings;
  readonly withIso?: boolean;
  /** More options of `npm run ramdisk`. */
  readonly ramdisk?: readonly string[];
  run(stage: VmStage): Promise<void>;
}

/** The most that a flow may take on a machine that is busy. */
const timeout = 900_000;

/** A test that plays a flow on an Ironic of its own; it boots for a minute where a machine with KVM would for seconds. */
export function playInVm(flow: VmFlow): void {
  test(flow.title, { timeout }, async () => {
    const started = performance.now();
    const lasts = (): string => `${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s`;
    await using stack = new AsyncDisposableStack();
    const settings = { callbackTimeoutSeconds: 400, heartbeatTimeoutSeconds: 30, ...flow.ironic };
    const [ramdisk, ironic] = await Promise.all([
      makeRamdisk({ withIso: flow.withIso ?? false, more: flow.ramdisk ?? [] }).then((each) => stack.use(each)),
      startIronic(newestIronic, settings).then((each) => stack.use(each)),
    ]);
    const watch = stack.use(new NodeWatch(() => ironic.api));
    const stage = stack.use(await VmStage.set({ ironic, watch, ramdisk }, flow.name, flow.needs));
    try {
      await Promise.race([flow.run(stage), stage.machine.broken]);
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      assert.fail(`${why}\n${stage.describe()}`);
    }
    console.log(`note: ${lasts()}  ${flow.name}: ${stage.machine.boots.join(', ')}`);
  });
}
