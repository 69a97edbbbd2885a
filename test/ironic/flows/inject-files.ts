import assert from 'node:assert/strict';
import { fileOnDisk } from '../lab/file-on-disk.ts';
import { defineFlow } from '../lab/flow.ts';
import { recorded } from '../lab/recorded.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

export const injectByStep = defineFlow({
  name: 'inject-files-step',
  title: 'deploy with the step inject_files asked for: content, permissions and owner are on the disk',
  async run(stage) {
    await stage.makeAvailable();
    const secret = base64('written by a step\n');
    const files = [
      { path: '/etc/motd', content: secret, mode: 0o640, owner: 1000, group: 100 },
      { path: '/etc/lab/new.conf', content: base64('new\n') },
    ];
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'), {
      deploy_steps: [{ interface: 'deploy', step: 'inject_files', priority: 70, args: { files } }],
    });
    assert.deepEqual(await fileOnDisk(stage.disk.path, '/etc/motd'), {
      content: 'written by a step\n',
      mode: 0o640,
      owner: 1000,
      group: 100,
    });
    assert.deepEqual(await fileOnDisk(stage.disk.path, '/etc/lab/new.conf'), {
      content: 'new\n',
      mode: 0o644,
      owner: 0,
      group: 0,
    });
    stage.spoke(recorded.deploy('write_image', 'inject_files'));
    const answers = JSON.stringify(
      stage.tap.exchanges.map(({ answer, from }) => (from === 'conductor' ? answer : null)),
    );
    assert.equal(answers.includes(secret), false, 'the agent told the content of a file');
  },
});

export const injectByPriority = defineFlow({
  name: 'inject-files-priority',
  title: 'deploy with inject_files by its priority and the properties of the node (inject_files_priority)',
  needs: {
    args: () => ['--inject-files-priority', '70'],
    node: () => ({
      properties: { cpu_arch: 'x86_64', inject_files: [{ path: '/etc/issue', content: base64('from the node\n') }] },
    }),
  },
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'));
    assert.equal((await fileOnDisk(stage.disk.path, '/etc/issue')).content, 'from the node\n');
    stage.spoke(recorded.deploy('write_image', 'inject_files'));
  },
});

export const injectInService = defineFlow({
  name: 'inject-files-service',
  title: 'service an active node with inject_files: the file of the instance is replaced, the rest stays',
  releases: ['39.0'],
  async run(stage) {
    await stage.makeAvailable();
    await stage.deploy(stage.lab.images.instanceInfo('disk.raw'));
    const files = [{ path: '/etc/motd', content: base64('serviced\n') }];
    await stage.node.provision('service', {
      service_steps: [{ interface: 'deploy', step: 'inject_files', args: { files } }],
    });
    const { last_error: error } = await stage.node.reaches('active');
    assert.equal(error, null);
    assert.equal((await fileOnDisk(stage.disk.path, '/etc/motd')).content, 'serviced\n');
    stage.spoke(recorded.deploy('write_image'), recorded.service('inject_files'));
  },
});
