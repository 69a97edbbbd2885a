import type { BlockNode, HolderFacts } from '../../src/storage/holders/holder-facts.ts';

/** A node of a tree of holders; fields given replace those of a plain disk. */
export function makeNode(path: string, fields: Partial<BlockNode> = {}): BlockNode {
  return {
    path,
    kind: 'disk',
    below: [],
    name: null,
    group: null,
    isActive: true,
    mountPoints: [],
    isSwap: false,
    ...fields,
  };
}

/** The nodes of disks, with a partition for each that is named (`/dev/sda1`), and of what is built on them. */
export function makeHolders(disks: readonly string[], upper: readonly BlockNode[] = []): HolderFacts {
  const whole = disks.filter((path) => diskOf(path) === path);
  const partitions = disks.filter((path) => diskOf(path) !== path);
  return {
    nodes: [
      ...whole.map((path) => makeNode(path)),
      ...partitions.map((path) => makeNode(path, { kind: 'partition', below: [diskOf(path)] })),
      ...upper,
    ],
    unread: [],
  };
}

function diskOf(path: string): string {
  return path.startsWith('/dev/sd') ? path.replace(/\d+$/, '') : path;
}
