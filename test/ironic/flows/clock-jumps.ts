import assert from 'node:assert/strict';
import path from 'node:path';
import { assertImageOnDisk } from '../lab/disk-evidence.ts';
import { stepOf } from '../lab/exchange.ts';
import { defineFlow, type FlowNeeds, type Lab, type Stage } from '../lab/flow.ts';
import { heartbeatsByBoot } from '../lab/heartbeat-pace.ts';
import { WallClock } from '../lab/wall-clock.ts';

const clockOf = ({ ironic }: Lab, flow: string): WallClock =>
  new WallClock(path.join(ironic.directory, `clock-${flow}`));

const needsClock = (flow: string): FlowNeeds => ({ startedBy: (lab) => clockOf(lab, flow).startedBy });

/** Days from the first to each of what the agent logged. */
function daysLogged({ machine }: Stage): readonly number[] {
  const times = [...machine.output.matchAll(/"time":"([^"]+)"/g)].map(([, time]) => Date.parse(time ?? ''));
  const [first = Number.NaN] = times;
  return times.map((time) => Math.round((time - first) / 86_400_000));
}

/** Sets the clock, and resolves when the agent has been heard of twice since. */
async function jump(stage: Stage, clock: WallClock, offset: Parameters<WallClock['set']>[0]): Promise<void> {
  const count = (): number => heartbeatsByBoot(stage.tap.exchanges).flat().length;
  const before = count();
  clock.set(offset);
  await stage.node.until(`heartbeats after a jump to ${offset}`, () => count() >= before + 2, 40);
}

async function startDeploying(stage: Stage, image: string): Promise<void> {
  await stage.makeAvailable();
  await stage.node.set({ instance_info: stage.lab.images.slowInstanceInfo(image, 1.5) });
  await stage.node.provision('active');
  await stage.stepBegan('write_image');
}

export const clockJumps = defineFlow({
  name: 'clock-jumps',
  title:
    'the clock of the machine jumps a day forward, then two days back, in the middle of write_image, with TLS: it ends well',
  needs: { tls: true, ...needsClock('tls') },
  async run(stage) {
    const clock = clockOf(stage.lab, 'tls');
    await stage.makeAvailable();
    await stage.node.set({ instance_info: stage.lab.images.slowInstanceInfo('clock', 1.5) });
    await stage.node.provision('active');
    await stage.node.until('write_image', ({ deploy_step: step, reservation }) => {
      return step?.step === 'write_image' && reservation === null;
    });
    await jump(stage, clock, '+1d');
    await jump(stage, clock, '-1d');
    await stage.node.reaches('active');
    await assertImageOnDisk(stage.lab.images.image('disk.raw').file, stage.disk.path);
    const days = daysLogged(stage);
    assert.ok(days.includes(1) && days.includes(-1), 'the clock did not jump');
  },
});

export const clockJumpsBackAndWorkerDies = defineFlow({
  name: 'clock-jumps-and-worker-dies',
  title:
    'the clock jumps a day back, then the worker is killed in the middle of write_image: another one goes on, it ends well',
  needs: needsClock('worker'),
  async run(stage) {
    await startDeploying(stage, 'clock-worker');
    clockOf(stage.lab, 'worker').set('-1d');
    await stage.node.until('the jump', () => daysLogged(stage).includes(-1), 30);
    stage.machine.killProcess('worker-storage');
    await stage.node.reaches('active');
    await assertImageOnDisk(stage.lab.images.image('disk.raw').file, stage.disk.path);
    assert.equal(stage.tap.exchanges.filter((each) => stepOf(each) === 'write_image').length, 1);
  },
});
