import joi from 'joi';
import { defineCommand } from '../core/command.ts';
import { collectorCatalogue } from '../inspection/catalogue.ts';
import { collectInspection } from '../inspection/collect-inspection.ts';

/** Asked by the api itself, before it looks its node up. */
export const inspectionCollect = defineCommand({
  name: 'inspection.collect',
  summary: 'Collect what an inspection posts, by the configured collectors.',
  params: joi.object({}),
  mode: 'sync',
  handling: { kind: 'fixed', queue: 'inspection', replay: 'repeatable', progress: 'steps' },
  abortable: true,
  run: (_params, context) => collectInspection(context, collectorCatalogue),
});
