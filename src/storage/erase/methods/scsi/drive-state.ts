import type { RunTool } from '../../../../core/tool.ts';
import { requestSense } from '../../../../tools/sg-requests.ts';
import type { SenseData } from '../../../../tools/sg-sense.ts';
import { testUnitReady } from '../../../../tools/sg-turs.ts';

/** What a SCSI disk can be busy with for hours. */
export type LongOperation = 'sanitize' | 'format';

export type ScsiDriveState =
  /** `progress` in 65536ths; null where the disk does not say. */
  | { readonly kind: 'at-work'; readonly operation: LongOperation; readonly progress: number | null }
  | { readonly kind: 'failed'; readonly operation: LongOperation | null; readonly text: string }
  /** After a reset, spinning up: it will say more later. */
  | { readonly kind: 'unsettled'; readonly text: string }
  /** Ready, and neither at work nor in failure. */
  | { readonly kind: 'calm' };

const notReady = 2;
const mediumError = 3;

/** Additional sense of SPC-5 annex F: at work on it, and failed at it. */
const workingQualifiers: ReadonlyMap<number, LongOperation> = new Map([
  [0x04, 'format'],
  [0x1b, 'sanitize'],
]);
const failures: ReadonlyMap<number, { readonly operation: LongOperation; readonly text: string }> = new Map([
  [0x00, { operation: 'format', text: 'Medium format corrupted' }],
  [0x01, { operation: 'format', text: 'Format command failed' }],
  [0x03, { operation: 'sanitize', text: 'Sanitize command failed' }],
]);

/**
 * Asks a disk twice: REQUEST SENSE tells what it is at, and TEST UNIT READY what it would say to other commands; some disks tell
 * of a format there only. Throws ToolError where the disk does not answer.
 */
export async function readScsiState(run: RunTool, device: string): Promise<ScsiDriveState> {
  const told = stateOfSense(await requestSense(run, device));
  if (told) return told;
  const readiness = await testUnitReady(run, device);
  switch (readiness.kind) {
    case 'ready':
      return { kind: 'calm' };
    case 'unit-attention':
      return { kind: 'unsettled', text: readiness.text };
    case 'not-ready': {
      const [, operation] = /\b(sanitize|format) in progress/.exec(readiness.text) ?? [];
      if (operation === undefined) return { kind: 'unsettled', text: readiness.text };
      return { kind: 'at-work', operation: operation as LongOperation, progress: readiness.progress };
    }
    case 'medium-error': {
      const known = [...failures.values()].find(({ text }) => text === readiness.text);
      return { kind: 'failed', operation: known?.operation ?? null, text: readiness.text };
    }
  }
}

/** null for what does not concern us: nothing, or what is left over from another command. */
function stateOfSense(sense: SenseData | null): ScsiDriveState | null {
  if (sense?.key === notReady && sense.asc === 0x04) {
    const operation = workingQualifiers.get(sense.ascq);
    return operation ? { kind: 'at-work', operation, progress: sense.progress } : null;
  }
  if (sense?.key === mediumError && sense.asc === 0x31) {
    const failure = failures.get(sense.ascq);
    return failure ? { kind: 'failed', ...failure } : null;
  }
  return null;
}

/** In one line. */
export function describeScsiState(state: ScsiDriveState): string {
  switch (state.kind) {
    case 'at-work': {
      const share = state.progress === null ? '' : ` (${((state.progress * 100) / 65536).toFixed(1)} %)`;
      return `a ${state.operation} is in progress${share}`;
    }
    case 'failed':
      return `it reports: ${state.text}`;
    case 'unsettled':
      return `it is not ready: ${state.text}`;
    case 'calm':
      return 'it is ready, and reports neither work nor failure';
  }
}
