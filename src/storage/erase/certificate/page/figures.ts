const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `960.2 GB`, in the decimal units in which disks are sold. */
export function shortBytesText(bytes: number): string {
  const exponent = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** exponent).toFixed(exponent === 0 ? 0 : 1)} ${units[exponent] ?? ''}`;
}

/** `960,197,124,096 bytes (960.2 GB)` */
export function bytesText(bytes: number): string {
  const exact = `${bytes.toLocaleString('en-US')} bytes`;
  return bytes < 1000 ? exact : `${exact} (${shortBytesText(bytes)})`;
}

/** `2026-11-22 14:03:11 UTC`; the text as it is where it is no time. */
export function timeText(time: string): string {
  const parsed = new Date(time);
  if (Number.isNaN(parsed.getTime())) return time;
  return `${parsed.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `6 h 43 min 50 s`, between two times; empty where one is missing. */
export function durationText(start: string | null, end: string | null): string {
  const seconds =
    start === null || end === null ? Number.NaN : Math.round((Date.parse(end) - Date.parse(start)) / 1000);
  if (Number.isNaN(seconds) || seconds < 0) return '';
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return told.length === 0 ? 'less than 1 s' : told.join(' ');
}
