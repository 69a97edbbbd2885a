import path from 'node:path';

/** A `--hardware-manager-dir` whose manager offers steps for tests: recorded-steps.ts. */
export const recordedSteps = path.join(import.meta.dirname, 'hardware-managers');

/** A node as small as the contract permits. */
export const smallNode = { uuid: 'c3b2a1d0-0000-4000-8000-000000000001', properties: {}, instance_info: {} };

let heartbeats = 0;

/** Parameters of `execute_*_step`; as those of a conductor, whose node has another last heartbeat each time, never twice the same. */
export function stepRequest(step: string, args: object = {}, node: object = smallNode): object {
  heartbeats += 1;
  const { driver_internal_info: known } = node as { driver_internal_info?: object };
  const info = { ...known, agent_last_heartbeat: `heartbeat ${heartbeats}` };
  return {
    step: { step, interface: 'deploy', priority: 10, args },
    node: { ...node, driver_internal_info: info },
    ports: [],
  };
}
