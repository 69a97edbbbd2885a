import type { RequestOptions } from './exchange.ts';
import type { RoundsPolicy } from './rounds.ts';

/** All that reading from servers needs to know beside what to read. */
export interface RemoteOptions extends RequestOptions, RoundsPolicy {}
