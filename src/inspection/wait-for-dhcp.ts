import type { InventoryInterface } from '../inventory/inventory.ts';
import type { Clock } from '../ironic/clock.ts';

const lookSeconds = 2;

export interface DhcpWait {
  /** Asked each time: drivers and links may come late. */
  readonly interfaces: () => readonly Pick<
    InventoryInterface,
    'name' | 'mac_address' | 'ipv4_address' | 'has_carrier'
  >[];
  /** `BOOTIF` as the boot loader gave it; null where it gave none. */
  readonly pxeInterface: string | null;
  /** Wait for every interface, also where the one that was booted from is known. */
  readonly all: boolean;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Waits until the interface that the machine was booted from has an IPv4 address, or where that is not known, or all are wanted,
 * every interface with a link. Resolves with the names of those that have none when the time is up.
 */
export async function waitForDhcp(wait: DhcpWait, clock: Clock): Promise<readonly string[]> {
  const bootMac = wait.all ? null : macOf(wait.pxeInterface);
  const deadline = clock.now() + wait.timeoutSeconds;
  for (;;) {
    const wanted = wait.interfaces().filter(({ mac_address }) => bootMac === null || mac_address === bootMac);
    const linked = wanted.filter(({ has_carrier }) => has_carrier);
    const missing = linked.filter(({ ipv4_address }) => !isLeased(ipv4_address));
    if (linked.length > 0 && missing.length === 0) return [];
    if (clock.now() >= deadline) return (linked.length > 0 ? missing : wanted).map(({ name }) => name);
    await clock.sleep(Math.min(lookSeconds, deadline - clock.now()), wait.signal);
  }
}

/** `01-52-54-00-12-34-56`, as pxelinux and its kind write it, or the address itself. */
function macOf(bootif: string | null): string | null {
  const mac = bootif?.toLowerCase().replaceAll('-', ':');
  return mac === undefined ? null : mac.split(':').slice(-6).join(':');
}

/** A link-local address says that nobody answered. */
function isLeased(address: string | null): boolean {
  return address !== null && !address.startsWith('169.254.');
}
