import type { Host } from '../../core/job-context.ts';
import { errorText } from '../../errors/guards.ts';
import { captureFrame } from '../../tools/tcpdump.ts';
import { type LldpTlv, lldpTlvs } from './tlvs.ts';

/** What the switches told, by the name of the interface that heard it. */
export type LldpRaw = Readonly<Record<string, readonly LldpTlv[]>>;

/**
 * Listens for one LLDP frame on each interface, on all of them side by side. An interface that hears none is not in the result;
 * one that cannot be listened to is warned of. Throws where that holds for all of them.
 */
export async function captureLldp(
  interfaceNames: readonly string[],
  seconds: number,
  host: Pick<Host, 'latch' | 'log' | 'signal'>,
): Promise<LldpRaw> {
  const deaf: string[] = [];
  const heard = await Promise.all(
    interfaceNames.map(async (interfaceName): Promise<readonly (readonly [string, readonly LldpTlv[]])[]> => {
      try {
        const frame = await captureFrame({ interfaceName, filter: 'ether proto 0x88cc', seconds }, host);
        return frame ? [[interfaceName, lldpTlvs(frame)]] : [];
      } catch (error) {
        host.signal.throwIfAborted();
        host.log.warn({ interface: interfaceName, err: errorText(error) }, 'cannot listen for LLDP');
        deaf.push(`${interfaceName}: ${errorText(error)}`);
        return [];
      }
    }),
  );
  if (deaf.length > 0 && deaf.length === interfaceNames.length) throw new Error(deaf.join('; '));
  return Object.fromEntries(heard.flat());
}
