import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { type MediaFile, textOf } from '../../src/boot/virtual-media/media-files.ts';
import {
  type MediaView,
  readVirtualMedia,
  type VirtualMedia,
} from '../../src/boot/virtual-media/read-virtual-media.ts';
import { optionDeclarations, optionKeys } from '../../src/config/declarations.ts';
import { isForThisMachineOnly } from '../../src/config/given-values.ts';
import { type ConfigInput, type LoadedConfig, loadConfig } from '../../src/config/load-config.ts';
import { type ConfigInputRequest, readConfigInputs } from '../../src/config/read-config-inputs.ts';
import { readingLatch } from '../../src/core/reading-latch.ts';
import { createSafetyLatch } from '../../src/core/safety-latch.ts';
import { ConfigurationError } from '../../src/errors/catalogue.ts';
import { createLogger } from '../../src/log/logger.ts';
import { isStateOfThisBoot, readBootId, type StateDir, stateDirAt } from '../../src/queue/state-dir.ts';
import { resolveDevice } from '../../src/tools/device-name.ts';
import { listRows } from '../../src/tools/lsblk.ts';
import { createToolRunner } from '../../src/tools/run.ts';
import { settle, udevRuns } from '../../src/tools/udevadm.ts';
import { keptMedia } from './kept-media.ts';

/** Where a configuration comes from; tests bring a machine of their own. */
export interface ConfigSources {
  readInputs(request: ConfigInputRequest): ConfigInput;
  readonly media: Omit<MediaView, 'kernelCommandLine'>;
}

/** What tells of the time before there is a configuration. */
export const startLog = createLogger({ name: 'prepare', debug: false, destination: pino.destination(2) });

/** This machine, for reading only. */
export const thisMachine: ConfigSources = {
  readInputs: readConfigInputs,
  media: {
    async listDevices() {
      const latch = readingLatch(createSafetyLatch({ insideRamdisk: false, devices: [] }, resolveDevice));
      const run = createToolRunner({ latch, log: { info: () => undefined, warn: () => undefined } });
      if (udevRuns()) await settle(run);
      return await listRows(run);
    },
    sleep: async (seconds) => await sleep(seconds * 1000),
    log: startLog,
  },
};

export interface GatheredConfig {
  readonly input: ConfigInput;
  readonly media: VirtualMedia;
  readonly loaded: LoadedConfig;
}

const mediaSource = 'virtual media';

/**
 * The state of this boot where an earlier process has prepared it, else null. What virtual media say is not asked for: where the state is
 * they cannot say.
 */
export function earlierState(input: ConfigInput): StateDir | null {
  const { stateDir, bootIdFile } = loadConfig(input).config;
  const state = stateDirAt(path.resolve(stateDir), readBootId(bootIdFile));
  return isStateOfThisBoot(state) ? state : null;
}

/** The configuration of this machine and of the virtual media that it was booted from. Throws ConfigurationError. */
export async function gatherConfig(request: ConfigInputRequest, sources: ConfigSources): Promise<GatheredConfig> {
  const own = sources.readInputs(request);
  const earlier = earlierState(own);
  const media =
    (earlier && keptMedia(earlier)) ??
    (await readVirtualMedia({ kernelCommandLine: own.kernelCommandLine, ...sources.media }));
  const files = media.files.filter(isConfigFile).map((file) => {
    const name = `${mediaSource}:${file.path}`;
    return { path: name, text: textOf(name, file.bytes) };
  });
  const input = { ...own, mediaParameters: media.parameters, files: [...own.files, ...files] };
  const loaded = loadConfig(input);
  for (const key of optionKeys.filter(isForThisMachineOnly)) {
    const source = loaded.sources[key];
    if (!source.startsWith(mediaSource)) continue;
    const { name } = optionDeclarations[key];
    throw new ConfigurationError(`${name}: expected from whoever starts the agent, got it from ${source}`);
  }
  return { input, media, loaded };
}

/** The files that would be read as configuration where the media would be copied to. */
function isConfigFile(file: MediaFile): boolean {
  return /^\/etc\/(ironic-python-agent|ironhand)(\/\1\.conf|\.d\/[^.][^/]*\.conf)$/.test(file.path);
}
