/** What was made of one block: it is over when all work that holds it is done and `close` was called. */
export interface Mark {
  hold(): void;
  done(): void;
  /** No more work will be begun for the block itself; what holds it may still go on. */
  close(): void;
}

export interface SettledMarks {
  /** For the block that ends at `end` in the source; `onDone` is called when it is over. In the order of the source. */
  open(end: number, onDone: () => void): Mark;
}

/** Calls `onSettled` with the end of the last block before which, itself included, all blocks are over. */
export function createSettledMarks(onSettled: (end: number) => void): SettledMarks {
  const open: { readonly end: number; isOver: boolean }[] = [];

  function advance(): void {
    let settled: number | null = null;
    while (open[0]?.isOver) settled = open.shift()?.end ?? null;
    if (settled !== null) onSettled(settled);
  }

  return {
    open(end, onDone) {
      const entry = { end, isOver: false };
      open.push(entry);
      let holds = 1;
      const done = (): void => {
        holds -= 1;
        if (holds > 0) return;
        entry.isOver = true;
        onDone();
        advance();
      };
      return {
        hold() {
          holds += 1;
        },
        done,
        close: done,
      };
    },
  };
}
