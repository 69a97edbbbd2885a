/** The part of autocannon that is used here; the package brings no types. */
declare module 'autocannon' {
  interface Result {
    readonly requests: { readonly average: number };
    /** Milliseconds. */
    readonly latency: { readonly p50: number; readonly p99: number };
  }

  export default function autocannon(options: {
    readonly url: string;
    readonly connections: number;
    readonly duration: number;
    readonly overallRate?: number;
  }): Promise<Result>;
}
