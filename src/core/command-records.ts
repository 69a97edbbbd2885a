import type { WireError } from '../errors/agent-error.ts';
import type { Progress } from './progress.ts';
import type { QueueName } from './queue-name.ts';

/** What is known of one command of this boot, for who looks at it afterwards. Times in ISO 8601. */
export interface CommandRecord {
  readonly id: string;
  /** Full name, `clean.execute_clean_step`. */
  readonly name: string;
  /** What an operator would call it: the step's name for `execute_*_step`. */
  readonly label: string;
  readonly queue: QueueName;
  /** `LOST` where its job is not known any more. */
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'LOST';
  readonly accepted_at: string | null;
  readonly began_at: string | null;
  readonly ended_at: string | null;
  readonly error: WireError | null;
  readonly progress: Progress | null;
}

/** The commands of this boot as the queue has them. */
export interface CommandRecords {
  /** Oldest first. */
  all(): Promise<readonly CommandRecord[]>;
  /** The lines of the log of one of them, oldest first. */
  log(record: Pick<CommandRecord, 'id' | 'queue'>): Promise<readonly string[]>;
}
