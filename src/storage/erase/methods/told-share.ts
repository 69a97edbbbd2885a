import type { MethodContext } from '../method.ts';

/** What a drive tells of its work in 65536ths (NVMe SPROG, progress indication of SPC-5), followed and reported in thousandths. */
export interface ToldShare {
  /** Thousandths; never falls, though a drive that was reset may begin anew to count. null until the drive tells any. */
  readonly most: number | null;
  /** Seconds since the drive told another share than before, or since the beginning. */
  readonly stalledSeconds: number;
  /** null where the drive is at work and does not tell a share. */
  look(share: number | null): void;
}

export function followShare(phase: string, { report }: Pick<MethodContext, 'report'>): ToldShare {
  let most: number | null = null;
  let last: number | null = null;
  let changedAt = performance.now();
  return {
    get most() {
      return most;
    },
    get stalledSeconds() {
      return (performance.now() - changedAt) / 1000;
    },
    look(share) {
      if (share !== last) [last, changedAt] = [share, performance.now()];
      if (share === null) return;
      most = Math.max(most ?? 0, Math.floor((share * 1000) / 65536));
      report({ phase, done: most, total: 1000 });
    },
  };
}
