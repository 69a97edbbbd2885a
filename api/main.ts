import { loadConfigFromParent } from '../src/config/parent-config.ts';
import { endProcessOnSignals } from '../src/log/end-process.ts';
import { createLogger } from '../src/log/logger.ts';
import { prepareStateDir, readBootId } from '../src/queue/state-dir.ts';
import { startApiProcess } from './api-process.ts';

const config = loadConfigFromParent();
const logger = createLogger({ name: 'api', debug: config.debug });
const state = prepareStateDir(config.stateDir, readBootId(config.bootIdFile));
const api = await startApiProcess(config, state, logger);
endProcessOnSignals(() => api.stop(), logger);
process.send?.({ ready: true, url: api.url });
