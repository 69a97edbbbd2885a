import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { captureLldp } from '../../src/inspection/lldp/capture.ts';
import { vlansInLldp } from '../../src/inspection/lldp/vlans.ts';

const child = path.join(import.meta.dirname, '../support/lldp-child.ts');

/** What the child process tells. */
interface Heard {
  readonly heard: Awaited<ReturnType<typeof captureLldp>>;
  readonly warned: readonly { readonly interface: string }[];
  readonly deaf: string;
  readonly promiscuity: string;
}

describe('captureLldp, in a network namespace of its own', () => {
  it('hears the switch that tells of itself, and names the interface that it cannot listen to', async () => {
    const { stdout } = await promisify(execFile)('unshare', ['--net', process.execPath, child], { timeout: 60_000 });
    const { heard, warned, deaf, promiscuity } = JSON.parse(stdout) as Heard;
    const expected: Heard['heard'] = {
      nic0: [
        [1, '045254000000fe'],
        [2, '0545746865726e6574312f37'],
        [3, '0078'],
        [127, '0080c2010001'],
        [127, '0080c203006505766c313031'],
      ],
    };
    assert.deepEqual(heard, expected);
    assert.deepEqual(vlansInLldp(heard['nic0'] ?? []), [101]);
    assert.deepEqual(
      warned.map((entry) => entry.interface),
      ['down0'],
    );
    assert.match(deaf, /^down0: .*tcpdump.*(not up|down)/s);
    assert.equal(promiscuity, '0', 'the interface is left as it was');
  });
});
