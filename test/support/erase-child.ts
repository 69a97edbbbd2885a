import { certificateStore } from '../../src/queue/certificate-store.ts';
import { jobCheckpoint } from '../../src/queue/checkpoint-store.ts';
import { prepareStateDir } from '../../src/queue/state-dir.ts';
import { eraseDevices } from '../../src/steps/erase-devices.ts';
import { eraseMachine } from '../../src/storage/erase/erase-machine.ts';
import { eraseMethods } from '../../src/storage/erase/methods/catalogue.ts';
import { createOverwrite } from '../../src/storage/erase/methods/overwrite.ts';
import { startEraseStep } from './erase-step.ts';

/**
 * A process that runs the step erase_devices, to be killed: `erase-child.ts STATE_DIR DEVICE...`. Checkpoint and certificates are
 * files, as those of a worker are. Tells on standard output, one JSON object a line: that disks are being written (`begun`), and
 * the result (`ended`).
 */
const [stateDir, ...devices] = process.argv.slice(2);
if (!stateDir || devices.length === 0) throw new Error('usage: erase-child.ts STATE_DIR DEVICE...');

const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const state = prepareStateDir(stateDir, '00000000-1111-4222-8333-444444444444');
const frequent = createOverwrite({ interval: { bytes: 2 * 1024 ** 2, milliseconds: 20 } });
let hasBegun = false;

const step = {
  ...eraseDevices,
  run: (args: object, context: Parameters<typeof eraseDevices.run>[1]) =>
    eraseMachine(
      'erase_devices',
      args,
      {
        ...context,
        certificates: certificateStore(state),
        report(progress) {
          const phases = Object.values(progress.devices ?? {}).map((device) => device?.phase ?? '');
          if (!hasBegun && phases.some((phase) => phase.startsWith('pass'))) tell({ message: 'begun' });
          hasBegun ||= phases.some((phase) => phase.startsWith('pass'));
        },
      },
      new Map([...eraseMethods, ['overwrite', frequent]]),
    ),
};

const { result } = startEraseStep(step, {
  devices,
  checkpoint: jobCheckpoint(state, 'job'),
  node: { driver_internal_info: { disk_erasure_concurrency: devices.length } },
});
tell({ message: 'ended', result: await result });
