import { parseKernelCommandLine } from '../../config/kernel-command-line.ts';
import { kernelOnlyParameters } from '../../config/kernel-only.ts';
import type { JobLog } from '../../core/job-context.ts';
import { ConfigurationError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import type { LsblkRow } from '../../tools/lsblk.ts';
import { type ChosenMedia, chooseMedia } from './choose-media.ts';
import { configFilesIn, isConfigPath, isParametersPath, type MediaFile, parametersIn } from './media-files.ts';
import { readMedium } from './read-medium.ts';

/** What virtual media tell the agent. */
export interface VirtualMedia {
  /** Parameters in the manner of the kernel command line, stronger than it. */
  readonly parameters: string;
  readonly files: readonly MediaFile[];
}

const noVirtualMedia: VirtualMedia = { parameters: '', files: [] };

/** The machine, as far as virtual media are looked for on it; tests bring their own. */
export interface MediaView {
  /** That of the running kernel: no medium can say of itself that it is to be read. */
  readonly kernelCommandLine: string;
  listDevices(): Promise<readonly LsblkRow[]>;
  /** Waits before the next look. */
  sleep(seconds: number): Promise<void>;
  readonly log: JobLog;
}

/** A management controller may show its devices late. */
const looks = 5;
const secondsBetweenLooks = 2;

/**
 * Reads parameters and configuration files from virtual media, if the machine was booted from them (`boot_method=vmedia`);
 * nothing is mounted and nothing on the machine is changed. Throws ConfigurationError for a medium that cannot be understood:
 * to go on with half a configuration would be to talk to the wrong Ironic.
 */
export async function readVirtualMedia(view: MediaView): Promise<VirtualMedia> {
  const own = parseKernelCommandLine(view.kernelCommandLine);
  if (own.get(kernelOnlyParameters.bootMethod.name)?.toLowerCase() !== 'vmedia') return noVirtualMedia;
  const { parameters, config } = await lookForMedia(view);
  const publisherId = own.get(kernelOnlyParameters.publisherId.name) ?? null;
  return {
    parameters: parameters === null ? '' : understood(parameters, () => parametersOn(parameters)),
    files: config === null ? [] : understood(config, () => filesOn(config, publisherId, view.log)),
  };
}

async function lookForMedia({ listDevices, sleep, log }: MediaView): Promise<ChosenMedia> {
  for (let look = 1; ; look += 1) {
    const chosen = chooseMedia(await listDevices());
    if (chosen.parameters !== null || chosen.config !== null || look === looks) {
      for (const reason of chosen.refusals) log.warn({ reason }, 'not taken for virtual media');
      const found = { parameters: chosen.parameters?.kernelName ?? null, config: chosen.config?.kernelName ?? null };
      if (found.parameters === null && found.config === null)
        log.warn({ looks }, 'booted from virtual media, and none found');
      else log.info(found, 'virtual media found');
      return chosen;
    }
    await sleep(secondsBetweenLooks);
  }
}

function parametersOn(row: LsblkRow): string {
  const { tree } = readMedium(pathOf(row), row.sizeBytes, isParametersPath);
  const text = parametersIn(tree);
  if (text === null) throw new Error('expected a file parameters.txt, got none');
  return text;
}

function filesOn(row: LsblkRow, publisherId: string | null, log: JobLog): readonly MediaFile[] {
  const { tree, publisher } = readMedium(pathOf(row), row.sizeBytes, isConfigPath);
  if (publisherId !== null && publisher?.toLowerCase() !== publisherId.toLowerCase()) {
    log.warn(
      { device: pathOf(row), expected: publisherId, publisher },
      'configuration of another publisher passed over',
    );
    return [];
  }
  return configFilesIn(tree);
}

function pathOf({ kernelName }: LsblkRow): string {
  return `/dev/${kernelName.replaceAll('!', '/')}`;
}

function understood<T>(row: LsblkRow, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ConfigurationError(`virtual media ${pathOf(row)}: ${errorText(error)}`, { cause: error });
  }
}
