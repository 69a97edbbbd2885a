import type { Job } from 'bullmq';
import type { Logger } from 'pino';
import type { JobLog } from '../src/core/job-context.ts';
import { redactSecrets } from '../src/log/redact.ts';

/** A job's log: kept with the job (dashboard, `GET /v1/commands/{id}/log`), and repeated in the log of the process. */
export function createJobLog(job: Job, logger: Logger): JobLog {
  const write = (level: 'info' | 'warn', fields: Readonly<Record<string, unknown>>, message: string): void => {
    const safe = redactSecrets(fields);
    logger[level]({ command_id: job.id, ...safe }, message);
    job.log(jobLogLine(new Date(), level, safe, message)).catch((error: unknown) => {
      logger.warn({ command_id: job.id, err: error }, 'job log line lost');
    });
  };
  return {
    info: (fields, message) => write('info', fields, message),
    warn: (fields, message) => write('warn', fields, message),
  };
}

/** `2026-11-22T10:00:00.000Z info tool program=sgdisk exit_code=0`: one line, values in JSON where they need it. */
export function jobLogLine(
  time: Date,
  level: string,
  fields: Readonly<Record<string, unknown>>,
  message: string,
): string {
  const pairs = Object.entries(fields).map(([key, value]) => {
    const plain = typeof value === 'string' && /^[\w./:@+-]+$/.test(value);
    return `${key}=${plain ? value : JSON.stringify(value, printable)}`;
  });
  return [time.toISOString(), level, message, ...pairs].join(' ');
}

/** JSON has no bigint, and a line of the log must not end the job that writes it. */
function printable(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
