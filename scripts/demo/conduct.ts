import type { Progress } from '../../src/core/progress.ts';
import type { ConductorClient, ConductorView } from '../../test/support/conductor-client.ts';
import { progressLine } from './progress-line.ts';
import { chapter, endOver, say, sayOver } from './say.ts';

export interface Deployment {
  readonly conductor: ConductorClient;
  readonly node: { readonly uuid: string };
  readonly image: { readonly url: string; readonly sha256: string; readonly name: string };
}

/** Looks at a running command several times a second: what a heartbeat-driven conductor sees only now and then. */
function watching() {
  let last = '';
  return {
    everyMs: 200,
    onLook({ progress }: ConductorView): void {
      const line = progress ? progressLine(progress as Progress) : '';
      if (line === last || line === '') return;
      last = line;
      sayOver(line);
    },
  };
}

/** The conductor's side of cleaning and deploying a node, in its order. */
export async function conduct({ conductor, node, image }: Deployment): Promise<void> {
  const about = { node, ports: [] };

  chapter('clean.get_clean_steps');
  const cleaning = await conductor.getSteps('clean', about);
  for (const { step, priority } of cleaning.steps) say(`    ${step} (priority ${priority})`);

  const automatic = cleaning.steps.filter(({ priority }) => priority > 0);
  for (const step of automatic.sort((one, other) => other.priority - one.priority)) {
    chapter(`clean.execute_clean_step: ${step.step}`);
    const cleaned = await conductor.executeStep('clean', { step, ...about, versions: cleaning.versions }, watching());
    endOver();
    for (const [device, erasure] of Object.entries(cleaned ?? {})) sayErasure(device, erasure as Erasure);
  }

  chapter('deploy.get_deploy_steps');
  const deploying = await conductor.getSteps('deploy', about);
  for (const { step, priority } of deploying.steps) say(`    ${step} (priority ${priority})`);

  chapter('deploy.execute_deploy_step: write_image');
  const step = {
    step: 'write_image',
    interface: 'deploy',
    args: {
      image_info: {
        id: image.name,
        urls: [image.url],
        disk_format: 'raw',
        container_format: 'bare',
        stream_raw_images: true,
        os_hash_algo: 'sha256',
        os_hash_value: image.sha256,
        node_uuid: node.uuid,
      },
      configdrive: null,
    },
  };
  const written = await conductor.executeStep('deploy', { step, ...about, versions: deploying.versions }, watching());
  endOver();
  say(`    ${JSON.stringify(written)}`);

  chapter('standby.get_partition_uuids');
  const uuids = await conductor.call('standby.get_partition_uuids');
  say(`    ${JSON.stringify(uuids)}`);

  chapter('image.install_bootloader');
  const boot = await conductor.run('image.install_bootloader', {
    root_uuid: uuids?.['root uuid'] ?? null,
    efi_system_part_uuid: null,
    prep_boot_part_uuid: null,
    target_boot_mode: 'uefi',
  });
  sayBootloader(boot);
}

/** What the demo shows of the result of an erase step. */
interface Erasure {
  readonly clean: boolean;
  readonly method_done: string;
  readonly sanitization: string | null;
  readonly verification: readonly { readonly detail: string }[];
  readonly certificate: { readonly id: string };
}

function sayErasure(device: string, erasure: Erasure): void {
  const { clean, method_done: method, sanitization, verification, certificate } = erasure;
  if (!clean) throw new Error(`${device} is not clean`);
  say(`    ${device}: ${method}, ${sanitization === null ? 'no sanitization' : `NIST ${sanitization}`}`);
  for (const { detail } of verification) say(`      ${detail}`);
  say(`      certificate ${certificate.id}`);
}

/** On a laptop with UEFI the safety latch must refuse to touch its boot entries: that is a success of the demo. */
function sayBootloader({ command_status: status, command_error: error }: ConductorView): void {
  if (status === 'SUCCEEDED') say('    nothing to do: a whole-disk image, on a machine without UEFI');
  else if (error?.type === 'SafetyLatchError') say(`    ${error.details}: as it must be outside a ramdisk`);
  else throw new Error(`install_bootloader: ${error?.details ?? status}`);
}
