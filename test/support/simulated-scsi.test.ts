import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHexDump } from '../../src/tools/sg-requests.ts';
import { capturedOutput } from './captured-output.ts';
import { hexDump, SimulatedScsi } from './simulated-scsi.ts';

for (const name of ['sanitizing', 'sanitizing-descriptor', 'nothing', 'after-hang']) {
  test(`a simulated disk writes hexadecimal as sg_requests does: ${name}`, () => {
    const { text } = capturedOutput('sg_requests', name);
    assert.equal(hexDump(parseHexDump(text)), text);
  });
}

test('a simulated disk tells what it is at as a real one does', async () => {
  const drive = new SimulatedScsi({ questions: 3 });
  drive.beginElsewhere('sanitize');
  const { stdout } = await drive.run({ program: 'sg_requests', args: ['--hex', '/dev/sda'], effect: { kind: 'read' } });
  assert.equal(stdout, capturedOutput('sg_requests', 'sanitizing').text);
});

test('a simulated disk takes no arguments but those that were captured', async () => {
  const args = ['--crypto', '--early', '/dev/sda'];
  const call = { program: 'sg_sanitize', args, effect: { kind: 'device', device: '/dev/sda' } } as const;
  await assert.rejects(new SimulatedScsi().run(call), /does not know/);
});
