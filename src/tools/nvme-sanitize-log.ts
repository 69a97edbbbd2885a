import type { RunTool, ToolNeed } from '../core/tool.ts';
import { type JsonObject, numberOf, objectOf, parseObject, textOf } from './nvme-answer.ts';

export const need: ToolNeed = { program: 'nvme', package: 'nvme-cli' };

/** SSTAT bits 2:0, by number. `completed-deallocated`: blocks were to stay allocated, and the drive deallocated them. */
export const sanitizeStates = ['never', 'completed', 'under-way', 'failed', 'completed-deallocated'] as const;

export type SanitizeState = (typeof sanitizeStates)[number];

/** Sanitize Status log page (NVM Express Base Specification 2.0, figure 267). */
export interface NvmeSanitizeLog {
  readonly state: SanitizeState;
  /** SPROG, in 65536ths; 65535 while nothing is under way. */
  readonly progress: number;
  /** SSTAT bits 7:3: passes of the last overwrite. */
  readonly passes: number;
  /** SSTAT bit 8: nothing was written since the last sanitize, or ever. */
  readonly globalErased: boolean;
  /** SCDW10: dword 10 of the command that began the last sanitize. */
  readonly cdw10: number;
  /** null where the drive does not say; the overwrite is one of 16 passes. */
  readonly seconds: {
    readonly crypto: number | null;
    readonly block: number | null;
    readonly sixteenOverwrites: number | null;
  };
}

const command = 'sanitize-log';
const notReported = 0xffffffff;

/** The only member of the answer has the name of the device. Throws on an unknown shape or state. */
export function parseSanitizeLog(stdout: string): NvmeSanitizeLog {
  const [log, ...others] = Object.values(parseObject(command, stdout));
  if (log === undefined || others.length > 0)
    throw new Error(`nvme ${command} gave not one log: ${stdout.slice(0, 200)}`);
  const fields = objectOf(command, log);
  const status = objectOf(command, fields['sstat']);
  return {
    state: stateOf(textOf(command, status, 'status')),
    progress: numberOf(command, fields, 'sprog'),
    passes: numberOf(command, status, 'no_cmplted_passes'),
    globalErased: numberOf(command, status, 'global_erased') !== 0,
    cdw10: numberOf(command, fields, 'cdw10_info'),
    seconds: {
      crypto: secondsOf(fields, 'time_crypto_erase'),
      block: secondsOf(fields, 'time_block_erase'),
      sixteenOverwrites: secondsOf(fields, 'time_over_write'),
    },
  };
}

/** `(2) Sanitize in Progress.` */
function stateOf(text: string): SanitizeState {
  const state = sanitizeStates[Number(/^\((\d+)\)/.exec(text)?.[1] ?? Number.NaN)];
  if (state === undefined) throw new Error(`nvme ${command} gave an unknown status: ${text}`);
  return state;
}

function secondsOf(fields: JsonObject, key: string): number | null {
  const seconds = numberOf(command, fields, key);
  return seconds === notReported ? null : seconds;
}

/** Throws ToolError where the drive does not answer, Error for an unknown shape. */
export async function readNvmeSanitizeLog(run: RunTool, device: string): Promise<NvmeSanitizeLog> {
  const args = [command, device, '--output-format=json'];
  const { stdout } = await run({ program: need.program, args, effect: { kind: 'read' } });
  return parseSanitizeLog(stdout);
}
