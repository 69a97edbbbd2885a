import type { IronicLog } from '../../../src/ironic/ironic-log.ts';

const nothing = () => {};

export const silentLog: IronicLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };
