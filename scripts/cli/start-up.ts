import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { syncClock } from '../../src/boot/system-clock.ts';
import type { Config } from '../../src/core/config.ts';
import type { Host } from '../../src/core/job-context.ts';
import { createSafetyLatch } from '../../src/core/safety-latch.ts';
import { captureLldp } from '../../src/inspection/lldp/capture.ts';
import { vlansInLldp } from '../../src/inspection/lldp/vlans.ts';
import { asksNetwork } from '../../src/ironic/mdns/discover.ts';
import { type AskSwitches, makeVlanInterfaces } from '../../src/ironic/vlan/make-vlan-interfaces.ts';
import { writeRootOnly } from '../../src/queue/root-only-file.ts';
import type { StateDir } from '../../src/queue/state-dir.ts';
import { resolveDevice } from '../../src/tools/device-name.ts';
import { createToolRunner } from '../../src/tools/run.ts';
import { waitForNetwork } from '../../src/tools/systemctl.ts';
import { startLog } from './gather-config.ts';

/** Before the network is asked for anything: the interfaces by which it is reached. */
export async function beginBoot(config: Config, state: StateDir): Promise<void> {
  if (hasBegun(state)) return;
  const host = hostOf(config);
  if (config.insideRamdisk && needsNetwork(config)) await waitForNetwork(host.run);
  const askSwitches: AskSwitches = async (names) => {
    const heard = await captureLldp(names, config.lldpTimeoutSeconds, host);
    return Object.fromEntries(Object.entries(heard).map(([name, tlvs]) => [name, vlansInLldp(tlvs)]));
  };
  await makeVlanInterfaces(config.enableVlanInterfaces, host, askSwitches);
}

/** When the configuration is complete: the clock, by which certificates are judged, and the wait for slow hardware. */
export async function endBoot(config: Config, state: StateDir): Promise<void> {
  if (hasBegun(state)) return;
  await syncClock(hostOf(config));
  await sleep(config.hardwareInitializationDelaySeconds * 1000);
  writeRootOnly(markerOf(state), '');
}

/** A ramdisk prepares while its network comes up, since it seldom needs one for that. */
function needsNetwork(config: Config): boolean {
  return config.enableVlanInterfaces.length > 0 || config.ntpServer !== null || asksNetwork(config);
}

/** Once in a boot: an agent that is started again finds the machine prepared. */
function hasBegun(state: StateDir): boolean {
  return existsSync(markerOf(state));
}

function markerOf(state: StateDir): string {
  return path.join(state.root, 'prepared');
}

function hostOf(config: Config): Host {
  const latch = createSafetyLatch(config, resolveDevice);
  const { signal } = new AbortController();
  return { config, latch, log: startLog, signal, run: createToolRunner({ latch, log: startLog }) };
}
