import { loadConfigFromParent } from '../src/config/parent-config.ts';
import { createLogger } from '../src/log/logger.ts';
import { prepareStateDir, readBootId } from '../src/queue/state-dir.ts';
import { startApiProcess } from './api-process.ts';

const config = loadConfigFromParent();
const logger = createLogger({ name: 'api', debug: config.debug });
const state = prepareStateDir(config.stateDir, readBootId(config.bootIdFile));
const api = await startApiProcess(config, state, logger);
const stop = (): void => {
  api.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      logger.error({ err: error }, 'api did not stop in order');
      process.exit(1);
    },
  );
};
process.on('SIGTERM', stop).on('SIGINT', stop);
process.send?.({ ready: true, url: api.url });
