import joi from 'joi';
import { defineCommand } from '../../core/command.ts';
import type { IronicNode } from '../../core/ironic-node.ts';
import { InvalidCommandError, InvalidCommandParamsError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import { type LookupAnswer, lookupSettings, parseLookupAnswer } from '../../ironic/lookup-answer.ts';
import { redactSecrets } from '../../log/redact.ts';

interface SetNodeInfoParams {
  readonly node_info: object;
}

export const setNodeInfo = defineCommand<SetNodeInfoParams>({
  name: 'poll.set_node_info',
  summary: 'Tell a standalone agent its node, as a lookup would; a token in it is not taken over.',
  params: joi.object<SetNodeInfoParams, true>({
    node_info: joi.object().unknown().required().description('The body of an answer to a lookup: node and config.'),
  }),
  mode: 'sync',
  handling: { kind: 'fixed', queue: 'system', replay: 'repeatable', progress: 'steps' },
  abortable: false,
  accept({ node_info: info }, { standalone }) {
    if (!standalone)
      throw new InvalidCommandError('set_node_info is for standalone agents: this one asks Ironic for its node');
    answerFrom(info);
  },
  async run({ node_info: info }, { state }) {
    const { node, config } = answerFrom(info);
    await state.write('node', redactSecrets(node) as IronicNode);
    await state.write('lookupSettings', lookupSettings(config));
    return null;
  },
});

function answerFrom(info: object): LookupAnswer {
  try {
    return parseLookupAnswer(info);
  } catch (error) {
    throw new InvalidCommandParamsError(`node_info: ${errorText(error)}`, { cause: error });
  }
}
