import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { NetworkValue } from '../../src/config/given-values.ts';
import type { Config } from '../../src/core/config.ts';
import { discover } from '../../src/ironic/mdns/discover.ts';
import { writeRootOnly } from '../../src/queue/root-only-file.ts';
import type { StateDir } from '../../src/queue/state-dir.ts';
import { startLog } from './gather-config.ts';

/**
 * What multicast DNS says of Ironic, where the configuration leaves it to that. Asked for once in a boot, by whichever process
 * comes first: all of them have to know the same Ironic, and the callback URL that it was told must not change.
 */
export async function networkValues(config: Config, state: StateDir): Promise<readonly NetworkValue[]> {
  const file = path.join(state.root, 'network.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as readonly NetworkValue[];
  const values = await discover(config, startLog);
  if (values.length > 0) writeRootOnly(file, JSON.stringify(values));
  return values;
}
