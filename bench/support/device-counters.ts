import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** What a block device did in a while. */
export interface DeviceCounters {
  readonly seconds: number;
  readonly writes: number;
  readonly writtenMib: number;
  /** Discards and, on some devices, write-zeroes. */
  readonly discards: number;
  readonly flushes: number;
  /** Share of the time in which something was under way. */
  readonly busyShare: number;
  /** Mean number of requests under way. */
  readonly meanInFlight: number;
  /** Mean milliseconds of a write. */
  readonly msPerWrite: number;
}

/** Documentation/block/stat.rst of the kernel; times are in milliseconds, sectors of 512 bytes. */
export function startDeviceCounters(device: string): () => DeviceCounters {
  const started = performance.now();
  const before = read(device);
  return () => {
    const seconds = (performance.now() - started) / 1000;
    const now = read(device);
    const grown = (field: number): number => (now[field] ?? 0) - (before[field] ?? 0);
    return {
      seconds: rounded(seconds),
      writes: grown(4),
      writtenMib: Math.round(grown(6) / 2048),
      discards: grown(11),
      flushes: grown(15),
      busyShare: rounded(grown(9) / 1000 / seconds),
      meanInFlight: rounded(grown(10) / 1000 / seconds),
      msPerWrite: rounded(grown(7) / grown(4)),
    };
  };
}

function read(device: string): readonly number[] {
  const text = readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8');
  return text.trim().split(/\s+/).map(Number);
}

function rounded(figure: number): number {
  return Number(figure.toFixed(2));
}
