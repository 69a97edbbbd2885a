import type { Config } from '../core/config.ts';
import type { Collector } from './collector.ts';

const usual = ['default', 'logs'];

/** The names of the collectors that an inspection runs, each once; the usual ones where none are configured. */
export function chosenCollectors({ inspectionCollectors }: Pick<Config, 'inspectionCollectors'>): readonly string[] {
  return inspectionCollectors.length > 0 ? [...new Set(inspectionCollectors)] : usual;
}

/** Seconds after which an inspection is over, whatever its collectors do: they run side by side. */
export function inspectionLimitSeconds(config: Config, catalogue: ReadonlyMap<string, Collector>): number {
  const limits = chosenCollectors(config).map((name) => catalogue.get(name)?.limitSeconds(config) ?? 0);
  return Math.max(...limits);
}
