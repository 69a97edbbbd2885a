import type { Progress } from '../src/core/progress.ts';
import type { AcceptedCommand } from '../src/queue/accepted-commands.ts';
import type { JobOutcome } from '../src/queue/command-queues.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { isStoredResult, readStoredResult } from '../src/queue/stored-result.ts';

/** A command as the conductor reads it: the five fields of the contract in its order, and progress while it runs. */
export interface CommandResult {
  readonly id: string;
  readonly command_name: string;
  readonly command_status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CLEAN_VERSION_MISMATCH';
  readonly command_error: unknown;
  readonly command_result: unknown;
  readonly progress?: Progress;
}

/**
 * A command as it is in the list. Of a synchronous one, a large result is not: it was the answer to the POST, and nobody who reads
 * the list again and again wants the collected logs each time. (Of an asynchronous one it is, as the conductor has it only from there.)
 */
export function presentCommand(command: AcceptedCommand, outcome: JobOutcome, state: StateDir): CommandResult {
  const shortName = command.name.slice(command.name.indexOf('.') + 1);
  const base = { id: command.id, command_name: shortName };
  switch (outcome.kind) {
    case 'running':
      return {
        ...base,
        command_status: 'RUNNING',
        command_error: null,
        command_result: null,
        ...(outcome.progress ? { progress: outcome.progress } : {}),
      };
    case 'succeeded': {
      const result = isStoredResult(outcome.result) ? storedFor(command, state) : outcome.result;
      return { ...base, command_status: 'SUCCEEDED', command_error: null, command_result: result ?? null };
    }
    case 'failed':
      return {
        id: command.id,
        // A synchronous command that failed keeps the name as it was posted (ironic-python-agent's wire behaviour).
        command_name: command.mode === 'sync' ? command.name : shortName,
        command_status: outcome.error.type === 'VersionMismatch' ? 'CLEAN_VERSION_MISMATCH' : 'FAILED',
        command_error: outcome.error,
        command_result: null,
      };
  }
}

function storedFor({ mode, id }: AcceptedCommand, state: StateDir): unknown {
  return mode === 'sync' ? null : (JSON.parse(readStoredResult(state, id)) as unknown);
}
