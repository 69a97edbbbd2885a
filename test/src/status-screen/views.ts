import type { AgentStatus } from '../../../src/core/agent-status.ts';
import type { MachineView } from '../../../src/status-screen/machine-view.ts';

const accepted = { at: '2026-11-23T12:00:01.000Z', text: 'heartbeat accepted', isBad: false };

export const ready: AgentStatus = {
  pid: 1,
  url: 'https://192.0.2.10:9999',
  ironic: ['http://192.0.2.1:6385'],
  node: { uuid: '5c1f', name: 'rack1-u4' },
  answer: accepted,
  command: null,
  missing: [],
  events: [{ at: '2026-11-23T12:00:00.000Z', text: 'node found', isBad: false }, accepted],
  ended: null,
};

export const running: AgentStatus = {
  ...ready,
  command: {
    state: 'running',
    text: 'erase_devices: 1 of 2 disks done, about 2 h left',
    fraction: 0.5,
    devices: ['/dev/sda clean', '/dev/sdb pass 1 of 1: 41 %'],
    error: null,
  },
};

export function view(status: AgentStatus | null = ready): MachineView {
  return {
    at: '2026-11-23T12:00:59.000Z',
    version: '1.2.3',
    machine: 'Example Server, serial 42',
    ports: [
      { name: 'eth0', mac: '52:54:00:00:00:01', hasLink: true, addresses: ['192.0.2.10'] },
      { name: 'eth1', mac: '52:54:00:00:00:02', hasLink: false, addresses: [] },
    ],
    status,
    isApiAlive: true,
    prepareError: null,
    down: [],
  };
}

export function seen<Value>(value: Value | null): Value {
  if (value === null) throw new Error('expected a value');
  return value;
}
