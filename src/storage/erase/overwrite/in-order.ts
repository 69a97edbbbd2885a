/** Work on a row of items, several at a time, whose ends are told of in the order of the row. */
export interface OrderedWork<Item, Result> {
  readonly items: Iterable<Item>;
  /** How many are under way at most. */
  readonly most: number;
  readonly signal: AbortSignal;
  /** No two that are under way have the same `slot`, which is less than `most`. */
  start(item: Item, slot: number): Promise<Result>;
  /** Everything before it has been told of. */
  settle(item: Item, result: Result): void;
}

/**
 * Resolves when all items are settled. When the signal aborts no more are begun, those under way are settled, and its reason is
 * thrown. The first failure in the order of the row is thrown, and nothing behind it is settled. In no case is anything under
 * way any more.
 */
export async function workInOrder<Item, Result>(work: OrderedWork<Item, Result>): Promise<void> {
  const { items, most, signal } = work;
  const underWay: { readonly item: Item; readonly result: Promise<Result> }[] = [];
  const land = async (): Promise<void> => {
    const [first] = underWay;
    if (!first) return;
    const result = await first.result;
    underWay.shift();
    work.settle(first.item, result);
  };
  let begun = 0;
  try {
    for (const item of items) {
      if (underWay.length >= most) await land();
      if (signal.aborted) break;
      const result = work.start(item, begun % most);
      // Whoever lands it gets the error; until then nobody may take it for one that nobody handles.
      result.catch(() => undefined);
      underWay.push({ item, result });
      begun += 1;
    }
    while (underWay.length > 0) await land();
    signal.throwIfAborted();
  } finally {
    await Promise.allSettled(underWay.map(({ result }) => result));
  }
}
