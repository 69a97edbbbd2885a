import { parseArgs } from 'node:util';
import { loadConfigFromParent } from '../src/config/parent-config.ts';
import { isWorkerGroup, workerGroups } from '../src/core/queue-name.ts';
import { endProcessOnSignals } from '../src/log/end-process.ts';
import { createLogger } from '../src/log/logger.ts';
import { readBootId, stateDirAt } from '../src/queue/state-dir.ts';
import { startWorkerProcess } from './worker-process.ts';

const { group = '' } = parseArgs({ options: { group: { type: 'string' } } }).values;
if (!isWorkerGroup(group)) {
  throw new Error(`--group: expected one of ${Object.keys(workerGroups).join(', ')}, found '${group}'`);
}
const config = loadConfigFromParent();
const logger = createLogger({ name: `worker-${group}`, debug: config.debug });
// Whoever started this process has prepared the directory.
const state = stateDirAt(config.stateDir, readBootId(config.bootIdFile));
const worker = await startWorkerProcess(group, config, state, logger);
endProcessOnSignals(() => worker.stop(), logger);
process.send?.('ready');
