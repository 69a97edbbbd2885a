import type { RunTool } from '../core/tool.ts';
import { need, valueAt } from './smartctl.ts';

/** How far the last self-test of a disk is. */
export type SelfTest =
  | { readonly kind: 'running'; readonly remainingPercent: number | null }
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly why: string }
  /** The disk keeps no result that smartctl can tell. */
  | { readonly kind: 'unknown' };

/** smartctl(8). */
const startSelfTestArgs = (device: string): readonly string[] => ['--json', '-t', 'long', device];
const selfTestArgs = (device: string): readonly string[] => ['--json', '-c', '-l', 'selftest', device];

/** EXIT STATUS in smartctl(8): bits. */
const cannotAsk = 0b111;
const allStatuses = Array.from({ length: 256 }, (_, status) => status);

/** Makes a disk test itself, which takes it hours; false where it cannot. It writes nothing. Throws ToolError. */
export async function startSelfTest(run: RunTool, device: string): Promise<boolean> {
  const { exitCode } = await run({
    program: need.program,
    args: startSelfTestArgs(device),
    effect: { kind: 'device', device },
    okExitCodes: allStatuses,
  });
  return (exitCode & cannotAsk) === 0;
}

/** Ends the self-test that is running. Throws ToolError. */
export async function stopSelfTest(run: RunTool, device: string): Promise<void> {
  const effect = { kind: 'device', device } as const;
  await run({
    program: need.program,
    args: ['--json', '-X', device],
    effect,
    okExitCodes: allStatuses,
    evenWhenAborted: true,
  });
}

export async function readSelfTest(run: RunTool, device: string): Promise<SelfTest> {
  const { stdout } = await run({
    program: need.program,
    args: selfTestArgs(device),
    effect: { kind: 'read' },
    okExitCodes: allStatuses,
  });
  return parseSelfTest(stdout);
}

/** Parses the JSON of smartctl 7 for ATA, NVMe (from 7.4) and SCSI disks. Throws SyntaxError for what is no JSON. */
export function parseSelfTest(stdout: string): SelfTest {
  const report: unknown = JSON.parse(stdout);
  return parseAta(report) ?? parseNvme(report) ?? parseScsi(report) ?? { kind: 'unknown' };
}

/** ACS-4, SMART READ DATA, byte 363: the upper four bits are the state, the lower ones tenths that remain. */
function parseAta(report: unknown): SelfTest | null {
  const status = valueAt(report, 'ata_smart_data', 'self_test', 'status');
  const value = valueAt(status, 'value');
  if (typeof value !== 'number') return null;
  const running = 0xf;
  const state = value >> 4;
  if (state === running) return { kind: 'running', remainingPercent: (value & 0xf) * 10 };
  return verdict(state === 0, valueAt(status, 'string'));
}

/** NVM Express Base Specification, Device Self-test log page: what runs now, or the newest result. */
function parseNvme(report: unknown): SelfTest | null {
  const log = valueAt(report, 'nvme_self_test_log');
  const operation = valueAt(log, 'current_self_test_operation', 'value');
  if (typeof operation === 'number' && operation !== 0) {
    const percent = valueAt(log, 'current_self_test_completion_percent');
    return { kind: 'running', remainingPercent: typeof percent === 'number' ? 100 - percent : null };
  }
  const table = valueAt(log, 'table');
  const result = Array.isArray(table) ? valueAt(table[0], 'self_test_result') : undefined;
  const value = valueAt(result, 'value');
  return typeof value === 'number' ? verdict(value === 0, valueAt(result, 'string')) : null;
}

/** SPC-5, Self-Test Results log page: the newest result; 15 is one that still runs. */
function parseScsi(report: unknown): SelfTest | null {
  const result = valueAt(report, 'scsi_self_test_0', 'result');
  const value = valueAt(result, 'value');
  if (typeof value !== 'number') return null;
  return value === 15 ? { kind: 'running', remainingPercent: null } : verdict(value === 0, valueAt(result, 'string'));
}

function verdict(isPassed: boolean, why: unknown): SelfTest {
  return isPassed
    ? { kind: 'passed' }
    : { kind: 'failed', why: typeof why === 'string' ? why : 'for no stated reason' };
}
