import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { packageVersion } from '../core/package-version.ts';
import { readAttributeFile } from '../inventory/attribute.ts';
import { hardwareInterfaces } from '../inventory/mac-addresses.ts';
import { collectSystemVendor } from '../inventory/system-vendor.ts';
import { redactText } from '../log/redact.ts';
import type { MachineView, PortView } from './machine-view.ts';
import { readStatus } from './read-status.ts';

/** Where the view comes from. */
export interface MachinePlaces {
  readonly status: string;
  /** What the last try to prepare the agent said; missing when it went well. */
  readonly prepareError: string;
  readonly cgroups: string;
  readonly sysfs: string;
}

/** Control groups of systemd for the services of the agent, below `system.slice`: systemd.slice(5). */
const services = {
  redis: 'ironhand-redis.service',
  api: 'ironhand-api.service',
  'worker storage': 'system-ironhand\\x2dworker.slice/ironhand-worker@storage.service',
  'worker system': 'system-ironhand\\x2dworker.slice/ironhand-worker@system.service',
} as const;

export function lookAtMachine(places: MachinePlaces, now: Date): MachineView {
  const status = readStatus(places.status);
  const { manufacturer, product_name: product, serial_number: serial } = collectSystemVendor(places.sysfs);
  return {
    at: now.toISOString(),
    version: packageVersion(),
    machine: [`${manufacturer} ${product}`.trim() || 'unknown', ...(serial ? [`serial ${serial}`] : [])].join(', '),
    ports: ports(places.sysfs),
    status,
    isApiAlive: status !== null && existsSync(`/proc/${status.pid}`),
    prepareError: readPrepareError(places.prepareError),
    down: status === null || status.ended !== null ? [] : servicesDown(places.cgroups),
  };
}

/** The last line says why. */
function readPrepareError(file: string): string | null {
  const last = readAttributeFile(file)?.split('\n').at(-1) ?? '';
  return last === '' ? null : redactText(last);
}

function ports(sysfs: string): readonly PortView[] {
  const addresses = networkInterfaces();
  return hardwareInterfaces(sysfs).map(({ name, macAddress }) => ({
    name,
    mac: macAddress,
    hasLink: readAttributeFile(path.join(sysfs, 'class/net', name, 'carrier')) === '1',
    addresses: (addresses[name] ?? []).map(({ address }) => address),
  }));
}

/** Nothing where the agent is no service of systemd. */
function servicesDown(cgroups: string): readonly string[] {
  const isRunning = (unit: string): boolean => {
    const file = path.join(cgroups, 'system.slice', unit, 'cgroup.procs');
    return existsSync(file) && readFileSync(file, 'utf8') !== '';
  };
  const entries = Object.entries(services);
  const down = entries.filter(([, unit]) => !isRunning(unit)).map(([name]) => name);
  return down.length === entries.length ? [] : down;
}
