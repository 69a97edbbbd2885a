/** Part of the whole pause before the first further round; it doubles with each. */
const firstPart = 1 / 8;
/** Least part of a pause that chance leaves, so that many machines that lost one server do not return as one. */
const leastByChance = 0.75;

/** Pause in milliseconds before further round `round`, from 1; it grows up to `intervalSeconds`. */
export function backOffMs(round: number, intervalSeconds: number, chance = Math.random()): number {
  const part = Math.min(1, firstPart * 2 ** (round - 1));
  return intervalSeconds * 1000 * part * (leastByChance + (1 - leastByChance) * chance);
}
