import path from 'node:path';

/** A `--hardware-manager-dir` whose manager offers steps for tests: recorded-steps.ts. */
export const recordedSteps = path.join(import.meta.dirname, 'hardware-managers');

/** A node as small as the contract permits. */
export const smallNode = { uuid: 'c3b2a1d0-0000-4000-8000-000000000001', properties: {}, instance_info: {} };

/** Parameters of `execute_*_step`. */
export function stepRequest(step: string, args: object = {}, node: object = smallNode): object {
  return { step: { step, interface: 'deploy', priority: 10, args }, node, ports: [] };
}
