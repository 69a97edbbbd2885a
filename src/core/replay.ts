/**
 * What may happen to a job whose process died in the middle. Stated once, in the declaration:
 *
 * - `repeatable`: running twice equals running once, so it is run again.
 * - `resumable`: `run` reads its own checkpoint, so it is run again and goes on from there.
 * - `once`: no promise; it fails with InterruptedError and is never re-run by itself.
 */
export type Replay = 'repeatable' | 'resumable' | 'once';
