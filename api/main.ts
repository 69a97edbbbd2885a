import { loadConfigFromParent } from '../src/config/parent-config.ts';
import { endProcessOnSignals } from '../src/log/end-process.ts';
import { createLogger } from '../src/log/logger.ts';
import { readBootId, stateDirAt } from '../src/queue/state-dir.ts';
import { startApi } from './start-api.ts';

const config = loadConfigFromParent();
const logger = createLogger({ name: 'api', debug: config.debug });
// Whoever started this process has prepared the directory: the api itself may write only a few files in it.
const state = stateDirAt(config.stateDir, readBootId(config.bootIdFile));
const api = await startApi(config, state, logger);
endProcessOnSignals(() => api.stop(), logger);
process.send?.({ ready: true, url: api.url });
