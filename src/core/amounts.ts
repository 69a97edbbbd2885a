/** Amounts as people read them. */

/** `41 %` of what is to be done, else what is done: `12 devices`. */
export function share(done: number, total: number | null, unit: string): string {
  if (total !== null && total > 0) return `${Math.floor((100 * Math.min(done, total)) / total)} %`;
  return unit === 'bytes' ? `${mebibytes(done)} MiB` : `${done} ${unit}`;
}

export function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

/** `45 s`, `3 min`, `1 h 58 min` */
export function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The same where it is an estimate for hours: `about 2 h`. */
export function roughDuration(seconds: number): string {
  return seconds < 90 * 60 ? `about ${duration(Math.round(seconds))}` : `about ${Math.round(seconds / 3600)} h`;
}

/** As drives are sold: `1.0 TB`, `960 GB`, `67.1 MB`. */
export function driveSize(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
