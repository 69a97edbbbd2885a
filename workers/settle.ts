import { UnrecoverableError } from 'bullmq';
import type { AnyCommand } from '../src/core/command.ts';
import { redactText } from '../src/log/redact.ts';
import { failureText } from '../src/queue/failure-text.ts';
import type { StateDir } from '../src/queue/state-dir.ts';
import { storedResult, writeStoredResult } from '../src/queue/stored-result.ts';

/** Results above this go to a file: Redis holds every job in memory, and collected logs have many MiB. */
const largestResultInRedis = 256 * 1024;

/**
 * The result as the wire has it: null for nothing, a text wrapped in `{result}` (with the command's short name before it
 * when it is asynchronous), anything else as it is.
 */
export function wireResult(command: AnyCommand, result: unknown): unknown {
  if (result === undefined) return null;
  if (typeof result !== 'string') return result;
  return { result: command.mode === 'sync' ? result : `${shortName(command)}: ${result}` };
}

function shortName(command: AnyCommand): string {
  return command.name.slice(command.name.indexOf('.') + 1);
}

/** What BullMQ keeps as the job's return value. */
export function keepResult(state: StateDir, jobId: string, result: unknown): unknown {
  const text = JSON.stringify(result);
  if (text.length <= largestResultInRedis) return result;
  writeStoredResult(state, jobId, result);
  return storedResult;
}

/**
 * The error that ends a job for good; BullMQ never runs it again by itself. Its text goes to Redis, to the dashboard and to
 * Ironic, where people copy it into tickets: secrets in it are masked.
 */
export function failedJob(error: unknown): UnrecoverableError {
  return Object.assign(new UnrecoverableError(redactText(failureText(error))), { cause: error });
}
