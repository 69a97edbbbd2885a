/** One result, as a line of JSON on standard output; three digits behind the point say more than can be measured. */
export function print(line: object): void {
  const rounded = (_key: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toFixed(3)) : value;
  process.stdout.write(`${JSON.stringify(line, rounded)}\n`);
}

/** Median and range, three digits behind the point. */
export function spread(numbers: readonly number[]): {
  readonly median: number;
  readonly min: number;
  readonly max: number;
} {
  return { median: percentile(numbers, 50), min: percentile(numbers, 0), max: percentile(numbers, 100) };
}

/** The value below which `share` percent of the numbers lie (nearest rank). */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const rank = Math.min(sorted.length - 1, Math.max(0, Math.ceil((share / 100) * sorted.length) - 1));
  return Number((sorted[rank] ?? Number.NaN).toFixed(3));
}
