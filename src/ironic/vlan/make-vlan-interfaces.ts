import type { Host } from '../../core/job-context.ts';
import { SafetyLatchError } from '../../errors/catalogue.ts';
import { errorText } from '../../errors/guards.ts';
import { addVlan, listLinks, setLinkUp } from '../../tools/ip.ts';
import { linksToAsk, planVlans } from './plan-vlans.ts';

/** Asks the switches which VLANs they bring, by interface; an interface that hears nothing is not in the result. */
export type AskSwitches = (interfaceNames: readonly string[]) => Promise<Readonly<Record<string, readonly number[]>>>;

/**
 * Makes the interfaces that enable_vlan_interfaces names, so that Ironic can be reached through them, and sets them up. What
 * cannot be made is told and nothing else: the way to Ironic may be another. Throws SafetyLatchError, before anything is done,
 * where the interfaces are not ours.
 */
export async function makeVlanInterfaces(
  wanted: readonly string[],
  host: Pick<Host, 'latch' | 'run' | 'log'>,
  askSwitches: AskSwitches,
): Promise<void> {
  if (wanted.length === 0) return;
  const { run, log } = host;
  host.latch.permit({ kind: 'network' });
  const links = await listLinks(run);
  const toAsk = linksToAsk(wanted, links);
  // Nothing is heard on an interface that is down.
  for (const name of toAsk) await orTold(host, name, () => setLinkUp(run, name));
  const told = toAsk.length === 0 ? {} : await askSwitches(toAsk);
  const { vlans, refusals } = planVlans(wanted, links, told);
  for (const reason of refusals) log.warn({ reason }, 'no VLAN interface from enable_vlan_interfaces');
  for (const vlan of vlans) {
    await orTold(host, vlan.name, async () => {
      await addVlan(run, vlan);
      await setLinkUp(run, vlan.link);
      await setLinkUp(run, vlan.name);
      log.info({ interface: vlan.name }, 'VLAN interface made');
    });
  }
}

async function orTold({ log }: Pick<Host, 'log'>, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SafetyLatchError) throw error;
    log.warn({ interface: name, reason: errorText(error) }, 'a VLAN interface cannot be made');
  }
}
