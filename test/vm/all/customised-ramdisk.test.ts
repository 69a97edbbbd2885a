import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../../../scripts/check-stages.ts';
import { freePort } from '../../support/free-port.ts';
import { ssh as sshTo } from '../../support/ssh.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { makeTestCertificate } from '../../support/test-certificate.ts';
import { until } from '../../support/until.ts';
import { hostAddress } from '../lab/network-card.ts';
import { ZooMachine } from '../lab/zoo/zoo-machine.ts';

/** A manager in one file, beside the package in examples/. */
const greeter = `export default ({ joi, HardwareSupport }) => ({
  name: 'greeter', className: 'Greeter', version: '2.1',
  evaluateSupport: async () => HardwareSupport.mainline,
  steps: [{
    name: 'greet', summary: 'Greets.', interface: 'deploy', offer: { clean: 0 }, args: joi.object({}),
    queue: 'inspection', replay: 'repeatable', progress: 'devices', abortable: true, rebootRequested: false,
    run: async () => 'good morning',
  }],
});
`;

const configuration = `[ramdisk]
packages = htop, perl-base
firmware = firmware-bnx2x
modules = drivers/infiniband, net/sched/sch_netem
managers = ${path.join(projectRoot, 'examples/hardware-manager')}, greeter.mjs
files = overlay
ca_certificates = ca.pem
ssh_keys = operator.pub
`;

/** All that an operator can add, at once. */
function customise(folder: string, certificate: string): string {
  const put = (name: string, content: string, mode = 0o644): string => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
    return file;
  };
  put('greeter.mjs', greeter);
  put('overlay/usr/local/bin/lab-tool', '#!/bin/sh\necho the lab tool\n', 0o700);
  put('overlay/lib/firmware/lab/own.bin', 'own firmware', 0o600);
  put('ca.pem', certificate);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'op@lab', '-f', path.join(folder, 'operator')]);
  return put('ramdisk.conf', configuration);
}

test('a customised ramdisk has and uses all that its file names', { timeout: 900_000 }, async (t) => {
  using folder = temporaryDirectory();
  const certificate = makeTestCertificate(hostAddress);
  t.after(() => certificate.remove());
  const sshPort = await freePort();
  const disk = { id: 'disk0', bus: 'sata', sizeBytes: 16 * 2 ** 20 } as const;
  await using machine = await ZooMachine.boot([disk], () => undefined, {
    ramdisk: ['--config', customise(folder.path, certificate.cert)],
    ironic: { certificate }, // no heartbeat came if the machine did not trust it
    sshPort,
  });
  const login = { user: 'root', host: '127.0.0.1', port: sshPort, with: { key: path.join(folder.path, 'operator') } };
  const ssh = (line: string): Promise<string> => sshTo(login, line);

  await t.test('who has the key logs in as root over the network', async () => {
    let why: unknown;
    const who = (): Promise<string | null> =>
      ssh('id --user --name').catch((error: unknown) => {
        why = error;
        return null;
      });
    const user = await until(who, { withinMs: 60_000, everyMs: 1000, what: 'ssh' }).catch(() => assert.fail(`${why}`));
    assert.equal(user, 'root');
  });

  await t.test('the programs of added packages run, with what is left out of others', async () => {
    assert.match(await ssh('htop --version'), /^htop \d/);
    assert.equal(await ssh("perl -MPOSIX -e 'print floor(2.5)'"), '2');
  });

  await t.test('the firmware is where the kernel looks for it', async () => {
    const [first = ''] = (await ssh('cd /lib/firmware && ls bnx2x/*.fw')).split('\n');
    assert.match(first, /^bnx2x\/bnx2x-e1/);
    assert.equal(await ssh('cat /usr/lib/firmware/lab/own.bin'), 'own firmware');
  });

  await t.test('modules of an added folder, and an added one, are loaded with what they depend on', async () => {
    const loaded = await ssh('modprobe rdma_rxe && modprobe sch_netem && lsmod');
    for (const name of ['rdma_rxe', 'ib_core', 'sch_netem']) assert.match(loaded, new RegExp(`^${name} `, 'm'));
  });

  await t.test('files are there, and only the right to execute is kept of their modes', async () => {
    assert.equal(await ssh('lab-tool'), 'the lab tool');
    const modes = await ssh('stat --format=%a /usr/local/bin/lab-tool /usr/lib/firmware/lab/own.bin /tmp /root/.ssh');
    assert.deepEqual(modes.split('\n'), ['755', '644', '1777', '700']);
  });

  await t.test('the managers are asked, and their steps run', async () => {
    const { names, managers } = await machine.cleanSteps();
    for (const name of ['check_disk_health', 'greet']) assert.ok(names.includes(name), names.join());
    for (const name of ['disk_health_manager', 'greeter']) assert.ok(managers.includes(name), managers.join());
    assert.deepEqual(await machine.clean('check_disk_health'), { '/dev/sda': 'healthy' });
    assert.equal(await machine.clean('greet'), 'good morning');
  });

  await t.test('nothing has failed in the machine', async () =>
    assert.equal(await ssh('systemctl --failed --no-legend --plain'), ''),
  );
});
