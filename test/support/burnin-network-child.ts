/** One side of a network burn-in, for a namespace of its own: `burnin-network-child.ts DRIVER_INFO`. Writes a JSON line of its end. */
import { networkOptions } from '../../src/burn-in/burn-in-options.ts';
import { burnNetwork } from '../../src/burn-in/burn-network.ts';
import { burnInContext } from './burn-in-step.ts';

const context = burnInContext({ driverInfo: JSON.parse(process.argv[2] ?? '{}') });
await burnNetwork(networkOptions(context.node), context, 300);
const { reports, entries } = context;
process.stdout.write(`${JSON.stringify({ reports, entries })}\n`);
