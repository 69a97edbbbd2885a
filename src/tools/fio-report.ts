import { isObject } from '../errors/guards.ts';

/** What fio tells of a job, so far or at its end. */
export interface FioJob {
  readonly name: string;
  /** errno(3) of what ended it early; 0 where all is well. */
  readonly error: number;
  readonly read: FioTraffic;
  readonly write: FioTraffic;
}

export interface FioTraffic {
  readonly bytes: number;
  readonly bytesPerSecond: number;
  /** The slowest request; 0 where none was measured. */
  readonly slowestMilliseconds: number;
}

/** More than thousands of disks need. */
const longestReport = 64 * 1024 * 1024;
const longestRemarks = 4096;

export interface FioReader {
  /** The jobs, where this line ends a report. Throws SyntaxError for a report that is none. */
  push(line: string): readonly FioJob[] | null;
  /** The end of what it said besides. */
  remarks(): string;
}

/**
 * Takes the lines of fio with --status-interval and --output-format=json: reports one after the other, with lines of text between
 * them. Keeps one report at a time.
 */
export function createFioReader(): FioReader {
  let report: string[] | null = null;
  let length = 0;
  let remarks = '';
  return {
    push(line) {
      if (line === '{') [report, length] = [[], 0];
      if (report === null) {
        remarks = `${remarks}${line}\n`.slice(-longestRemarks);
        return null;
      }
      length += line.length;
      if (length > longestReport) throw new SyntaxError(`a report of fio has more than ${longestReport} characters`);
      report.push(line);
      if (line !== '}') return null;
      const text = report.join('\n');
      report = null;
      return parseReport(text);
    },
    remarks: () => remarks.trim(),
  };
}

function parseReport(text: string): readonly FioJob[] {
  const report: unknown = JSON.parse(text);
  const jobs = isObject(report) ? report['jobs'] : undefined;
  if (!Array.isArray(jobs)) throw new SyntaxError('a report of fio has no jobs');
  return jobs.filter(isObject).map((job) => ({
    name: String(job['jobname']),
    error: numberIn(job, 'error'),
    read: traffic(job['read']),
    write: traffic(job['write']),
  }));
}

function traffic(value: unknown): FioTraffic {
  const said = isObject(value) ? value : {};
  const latency = isObject(said['lat_ns']) ? said['lat_ns'] : {};
  return {
    bytes: numberIn(said, 'io_bytes'),
    bytesPerSecond: numberIn(said, 'bw_bytes'),
    slowestMilliseconds: numberIn(latency, 'max') / 1e6,
  };
}

function numberIn(said: Readonly<Record<string, unknown>>, key: string): number {
  const value = said[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
