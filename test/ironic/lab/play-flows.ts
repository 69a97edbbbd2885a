import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Flow, Lab } from './flow.ts';
import { Stage } from './flow.ts';
import type { IronicSettings } from './ironic-conf.ts';
import type { IronicRelease } from './ironic-release.ts';
import { LabImages } from './lab-images.ts';
import { NodeWatch } from './node-watch.ts';
import { recordResult } from './results.ts';
import { startIronic } from './running-ironic.ts';

/** Flows that are played at the same time: most of each is waiting for a heartbeat. */
const atOnce = 4;

export interface PlayOptions extends IronicSettings {
  readonly inspector?: boolean;
  /** Default: 4. One for flows that restart the conductor under the others. */
  readonly atOnce?: number;
}

/** Tests, one for each flow that this release can do, on one real Ironic. Results are kept for docs/compatibility.md. */
export function playFlows(release: IronicRelease, flows: readonly Flow[], options: PlayOptions = {}): void {
  const played = flows.filter((each) => isPlayed(each, release));
  if (played.length === 0) {
    test(`Ironic ${release.name}`, { skip: 'none of its flows was asked for' }, () => undefined);
    return;
  }
  describe(`Ironic ${release.name}`, { concurrency: options.atOnce ?? atOnce }, () => {
    const parts = new AsyncDisposableStack();
    let lab: Lab;
    before(async () => {
      const ironic = parts.use(await startIronic(release, options));
      if (options.inspector) await ironic.startInspector();
      const images = parts.use(await LabImages.make(path.join(ironic.directory, 'www')));
      lab = { ironic, images, watch: parts.use(new NodeWatch(() => ironic.api)) };
    });
    after(() => parts.disposeAsync());
    for (const flow of played) {
      test(flow.title, { timeout: 240_000 }, async () => {
        const started = performance.now();
        const seconds = (): number => Math.round((performance.now() - started) / 100) / 10;
        const about = { flow: flow.name, title: flow.title, release: release.name, version: lab.ironic.version };
        try {
          await play(lab, flow);
          await recordResult({ ...about, passed: true, seconds: seconds() });
          console.log(`note: ${seconds().toFixed(1).padStart(6)} s  ${flow.name}, Ironic ${release.name}`);
        } catch (error) {
          await recordResult({ ...about, passed: false, seconds: seconds() });
          throw error;
        }
      });
    }
  });
}

/** IRONIC_FLOWS=full-cycle,rescue plays these alone, for whoever works on one. */
function isPlayed({ name, releases }: Flow, release: IronicRelease): boolean {
  const wanted = process.env['IRONIC_FLOWS']?.split(',');
  return (releases?.includes(release.name) ?? true) && (wanted?.includes(name) ?? true);
}

async function play(lab: Lab, flow: Flow): Promise<void> {
  await using stage = await Stage.set(lab, flow.name, flow.needs);
  try {
    await Promise.race([flow.run(stage), stage.machine.broken]);
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    assert.fail(`${why}\n${stage.describe()}`);
  }
}
