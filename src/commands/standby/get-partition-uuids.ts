import joi from 'joi';
import { defineCommand } from '../../core/command.ts';

export const getPartitionUuids = defineCommand({
  name: 'standby.get_partition_uuids',
  summary: 'Tell the identifiers of the partitions of the image that was written last.',
  params: joi.object({}),
  mode: 'sync',
  handling: { kind: 'fixed', queue: 'system', replay: 'repeatable', progress: 'steps' },
  abortable: false,
  async run(_params, context) {
    return (await context.state.read('partitionUuids')) ?? {};
  },
});
