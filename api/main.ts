import { loadConfigFromParent } from '../src/config/parent-config.ts';
import { endProcessOnSignals } from '../src/log/end-process.ts';
import { createLogger } from '../src/log/logger.ts';
import { RecentEvents } from '../src/log/recent-events.ts';
import { readBootId, stateDirAt } from '../src/queue/state-dir.ts';
import { startApi } from './start-api.ts';
import { ironicAnswers, StatusFile } from './status-file.ts';

const config = loadConfigFromParent();
const events = new RecentEvents(ironicAnswers);
const logger = createLogger({ name: 'api', debug: config.debug, destination: events });
// Whoever started this process has prepared the directory: the api itself may write only a few files in it.
const state = stateDirAt(config.stateDir, readBootId(config.bootIdFile));
const status = new StatusFile(state, events);
status.tell({ ironic: config.apiUrls });
const api = await startApi(config, state, logger, status);
endProcessOnSignals(() => api.stop(), logger);
process.send?.({ ready: true, url: api.url });
