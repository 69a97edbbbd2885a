import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcessName } from '../../support/agent-processes.ts';
import { assertImageOnDisk, assertNoTable } from '../lab/disk-evidence.ts';
import { fieldOf, stepOf } from '../lab/exchange.ts';
import { defineFlow, type Flow, type Stage } from '../lab/flow.ts';
import { recorded } from '../lab/recorded.ts';

const mebibyte = 2 ** 20;

/** A manual clean with one step of the lab. */
async function cleanWith(stage: Stage, step: string, args: object): Promise<void> {
  await stage.makeManageable();
  await stage.node.provision('clean', { clean_steps: [{ interface: 'deploy', step, args }] });
}

export const failingStep = defineFlow({
  name: 'failing-step',
  title:
    'a step fails: program, exit code and device are in last_error, and the conductor stores the logs of the agent',
  async run(stage) {
    await cleanWith(stage, 'lab_fail', { device: stage.disk.path });
    const { provision_state: state, last_error: error, fault } = await stage.node.rests('manageable');
    assert.equal(state, 'clean failed');
    assert.equal(fault, 'clean failure');
    for (const part of [/lab_fail/, /blkid/, new RegExp(stage.disk.path), /exit code|exited with/]) {
      assert.match(error ?? '', part);
    }
    assert.ok(
      stage.lab.ironic.storedLogs.some((name) => name.includes(stage.node.uuid)),
      'no logs were stored',
    );
  },
});

export const badChecksum = defineFlow({
  name: 'bad-checksum',
  title: 'an image with another checksum than announced: deploy failed, and nothing on the disk that could boot',
  async run(stage) {
    await stage.makeAvailable();
    const info = stage.lab.images.instanceInfo('disk.raw', { image_checksum: '0'.repeat(64) });
    const { last_error: error } = await stage.deployFails(info);
    assert.match(error ?? '', /expected sha256 0{64}, actual [0-9a-f]{64}/);
    await assertNoTable(stage.disk.path);
  },
});

export const imageServerPauses = defineFlow({
  name: 'image-server-pauses',
  title: 'the image server breaks off in the middle and comes back: the deployment ends well',
  needs: { args: () => ['--image-download-connection-retry-interval', '1'] },
  async run(stage) {
    const { images } = stage.lab;
    await stage.makeAvailable();
    const { file } = images.image('disk.raw');
    const behaviour = (request: number) => ({ etag: '"pause"', ...(request > 6 ? {} : { cutAfter: 9 * mebibyte }) });
    const url = images.server.serve('/pausing.raw', file, behaviour);
    await stage.deploy({ ...images.instanceInfo('disk.raw'), image_source: url });
    await assertImageOnDisk(file, stage.disk.path);
    const asked = images.server.seen.filter(({ path }) => path === '/pausing.raw');
    assert.ok(
      asked.some(({ headers }) => /^bytes=[1-9]/.test(headers.range ?? '')),
      'it began anew',
    );
  },
});

export const imageServerDies = defineFlow({
  name: 'image-server-dies',
  title: 'the image server dies in the middle: deploy failed with its address and the cause, nothing that could boot',
  needs: {
    args: () => [...['--image-download-connection-retries', '2', '--image-download-connection-retry-interval', '1']],
  },
  async run(stage) {
    const { images } = stage.lab;
    await stage.makeAvailable();
    const behaviour = (request: number) => (request === 1 ? { cutAfter: 9 * mebibyte } : { status: 503 });
    const url = images.server.serve('/dying.raw', images.image('disk.raw').file, behaviour);
    const info = { ...images.instanceInfo('disk.raw'), image_source: url };
    const { last_error: error } = await stage.deployFails(info);
    assert.match(error ?? '', /dying\.raw/);
    assert.match(error ?? '', /503/);
    await assertNoTable(stage.disk.path);
  },
});

/** A process of the agent dies in the middle of an image: the step goes on, and the conductor never knows. */
function processDies(process: AgentProcessName): Flow {
  return defineFlow({
    name: `${process}-killed`,
    title: `${process} is killed in the middle of write_image: the deployment ends well`,
    async run(stage) {
      await stage.makeAvailable();
      await stage.node.set({ instance_info: stage.lab.images.slowInstanceInfo(`${process}-killed`) });
      await stage.node.provision('active');
      await stage.stepBegan('write_image');
      await sleep(2500);
      stage.machine.killProcess(process);
      await stage.node.reaches('active');
      await assertImageOnDisk(stage.lab.images.image('disk.raw').file, stage.disk.path);
      const told = stage.tap.exchanges.filter((each) => stepOf(each) === 'write_image');
      assert.equal(told.length, 1, 'the conductor asked for the step again');
    },
  });
}

export const apiKilled = defineFlow({
  name: 'api-killed',
  title: 'the api is killed when the conductor looks, in the middle of write_image: the deployment ends well',
  async run(stage) {
    await stage.makeAvailable();
    await stage.node.set({ instance_info: stage.lab.images.slowInstanceInfo('api-killed') });
    let killed = 0;
    stage.tap.meddle(({ from, method }) => {
      const isWriting = stage.tap.exchanges.some((each) => stepOf(each) === 'write_image' && each.status === 200);
      if (isWriting && killed === 0 && from === 'conductor' && method === 'GET') {
        killed += 1;
        stage.machine.killProcess('api');
      }
      return 'pass';
    });
    await stage.node.provision('active');
    await stage.node.reaches('active');
    assert.equal(killed, 1);
    await assertImageOnDisk(stage.lab.images.image('disk.raw').file, stage.disk.path);
    const told = stage.tap.exchanges.filter((each) => stepOf(each) === 'write_image');
    assert.equal(told.length, 1, 'the conductor asked for the step again');
  },
});
export const workerKilled = processDies('worker-storage');
export const redisKilled = processDies('redis');

export const stepCutOff = defineFlow({
  name: 'step-cut-off',
  title: 'the worker is killed in a step that must not run twice: clean failed, and the error says why',
  async run(stage) {
    await cleanWith(stage, 'lab_wait_once', { seconds: 20 });
    await stage.stepBegan('lab_wait_once');
    await sleep(1500);
    stage.machine.killProcess('worker-system');
    const { provision_state: state, last_error: error } = await stage.node.rests('manageable');
    assert.equal(state, 'clean failed');
    assert.match(error ?? '', /lab_wait_once/);
    assert.match(error ?? '', /process|interrupted/i);
  },
});

export const lostAnswer = defineFlow({
  name: 'lost-answer',
  title:
    'the answer to a POST is lost and the step is over meanwhile: the conductor sends it again, and it does not run twice',
  async run(stage) {
    await cleanWith(stage, 'lab_wait', { seconds: 1 });
    let lost = 0;
    stage.tap.meddle((request) => {
      if (stepOf(request) !== 'lab_wait' || lost > 0) return 'pass';
      lost += 1;
      return 'lose-answer-late';
    });
    await stage.node.reaches('manageable');
    assert.equal(lost, 1);
    const answers = stage.tap.exchanges.filter((each) => stepOf(each) === 'lab_wait').map(({ answer }) => answer);
    assert.ok(answers.length > 1, 'the conductor did not ask again');
    assert.equal(new Set(answers.map((answer) => fieldOf(answer, 'id'))).size, 1, 'it ran twice');
  },
});

export const lostRequest = defineFlow({
  name: 'lost-request',
  title: 'a POST is lost before it arrives: the conductor sends it again, and it runs once',
  async run(stage) {
    await stage.makeAvailable();
    let lost = 0;
    stage.tap.meddle((request) => {
      if (stepOf(request) !== 'write_image' || lost > 0) return 'pass';
      lost += 1;
      return 'lose-request';
    });
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'));
    assert.equal(lost, 1);
    stage.spoke(
      recorded
        .deploy('write_image')
        .flatMap((line) =>
          line.endsWith('write_image') ? [`${line} -> 0`, '< look: get_deploy_steps:SUCCEEDED', line] : [line],
        ),
    );
  },
});
