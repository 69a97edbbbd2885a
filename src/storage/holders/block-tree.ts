import type { BlockNode, HolderFacts } from './holder-facts.ts';

/** The nodes of HolderFacts, to be walked in both directions. */
export interface BlockTree {
  get(path: string): BlockNode | undefined;
  /** What is built on a device directly. */
  holders(path: string): readonly BlockNode[];
  /** Everything built on a device, however far above; itself not included. */
  above(path: string): readonly BlockNode[];
  /** Everything that a device lies on, however far below; itself not included. Paths, because not all need be known. */
  below(path: string): readonly string[];
  /** The longest way from a device to one that nothing is built on. */
  height(path: string): number;
}

export function blockTree({ nodes }: HolderFacts): BlockTree {
  const byPath = new Map(nodes.map((node) => [node.path, node]));
  const holders = new Map<string, readonly string[]>();
  for (const { path, below } of nodes) {
    for (const lower of below) holders.set(lower, [...(holders.get(lower) ?? []), path]);
  }
  const directlyAbove = (path: string): readonly string[] => holders.get(path) ?? [];
  const directlyBelow = (path: string): readonly string[] => byPath.get(path)?.below ?? [];
  const heights = new Map<string, number>();
  const height = (path: string): number => {
    const known = heights.get(path);
    if (known !== undefined) return known;
    // What was read while it changed could lead in a circle.
    heights.set(path, 0);
    const found = Math.max(0, ...directlyAbove(path).map((upper) => height(upper) + 1));
    heights.set(path, found);
    return found;
  };
  return {
    get: (path) => byPath.get(path),
    holders: (path) => [...directlyAbove(path)].sort(byName).flatMap((upper) => byPath.get(upper) ?? []),
    above: (path) => reach(path, directlyAbove).flatMap((upper) => byPath.get(upper) ?? []),
    below: (path) => reach(path, directlyBelow),
    height,
  };
}

function reach(from: string, next: (path: string) => readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const waiting = [...next(from)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path) || path === from) continue;
    seen.add(path);
    waiting.push(...next(path));
  }
  return [...seen].sort(byName);
}

/** `/dev/sda2` before `/dev/sda10`. */
export function byName(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
