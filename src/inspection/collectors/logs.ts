import { collectLogs } from '../../log/collect-logs.ts';
import type { Collector } from '../collector.ts';

/** What has not answered by then is named in the archive as missing. */
const seconds = { programs: 20, all: 30 } as const;

/** Before it is packed: it travels inside a JSON document, and Ironic stores it with the node. */
const limitBytes = 16 * 1024 * 1024;

/** The logs of this boot, secrets masked, as an archive in base64. */
export const logsCollector: Collector = {
  name: 'logs',
  limitSeconds: () => 60,
  async collect(context) {
    const pieces: string[] = [];
    await collectLogs(context, { seconds, limitBytes }, (base64) => void pieces.push(base64));
    return { logs: pieces.join('') };
  },
};
