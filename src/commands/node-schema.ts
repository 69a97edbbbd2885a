import joi from 'joi';
import type { IronicNode } from '../core/ironic-node.ts';

/** Parameters that every command about steps has. */
export interface NodeAndPorts {
  node: IronicNode;
  ports: unknown;
}

export const nodeSchema = joi
  .object<IronicNode>({
    uuid: joi.string().required().description('UUID of the node.'),
    properties: joi.object().allow(null).description('Properties of the node, root device hints among them.'),
    instance_info: joi.object().allow(null).description('What is being deployed.'),
    driver_info: joi.object().allow(null).description('How the node is driven.'),
    driver_internal_info: joi.object().allow(null).description('What the conductor keeps of the node; erase options.'),
  })
  .unknown()
  .required()
  .description('The node as Ironic has it.');

/** An array in the contract; the functional tests of ironic-python-agent send an object. */
export const portsSchema = joi
  .alternatives(joi.array().items(joi.object().unknown()), joi.object().unknown())
  .required()
  .description('The ports of the node.');
