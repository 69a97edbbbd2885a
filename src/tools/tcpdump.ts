import type { Host } from '../core/job-context.ts';
import type { ToolNeed } from '../core/tool.ts';
import { parsePcap } from './pcap.ts';
import { startTool } from './start.ts';

export const need: ToolNeed = { program: 'tcpdump', package: 'tcpdump', optional: true };

/** The next frame of that kind that comes in, written out as soon as it is there. */
export function captureArgs(interfaceName: string, filter: string): readonly string[] {
  return ['-i', interfaceName, '-Q', 'in', '--immediate-mode', '-U', '-c', '1', '-w', '-', filter];
}

/**
 * The next frame that an interface receives and the filter (pcap-filter(7)) lets pass; null when none has come in time. Only
 * reading: the interface is in promiscuous mode meanwhile, as a membership of tcpdump's socket that the kernel takes back with
 * the socket, however tcpdump ends (packet(7), PACKET_ADD_MEMBERSHIP). Throws ToolError, and InvalidPcapError.
 */
export async function captureFrame(
  { interfaceName, filter, seconds }: { interfaceName: string; filter: string; seconds: number },
  host: Pick<Host, 'latch' | 'log' | 'signal'>,
): Promise<Buffer | null> {
  const args = captureArgs(interfaceName, filter);
  const tool = startTool({ program: need.program, package: need.package, args, effect: { kind: 'read' } }, host);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    tool.kill(`no frame within ${seconds} s`);
  }, seconds * 1000);
  try {
    const file = await readAll(tool.output);
    if (!isLate) await tool.ended;
    else await tool.ended.catch(() => undefined); // that it was killed is known
    return parsePcap(file)[0] ?? null;
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(output: AsyncIterator<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let next = await output.next(); !next.done; next = await output.next()) chunks.push(next.value);
  return Buffer.concat(chunks);
}
