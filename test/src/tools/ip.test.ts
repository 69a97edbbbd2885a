import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ToolCall } from '../../../src/core/tool.ts';
import { listLinksArgs, parseLinks, setLinkDown } from '../../../src/tools/ip.ts';
import { capturedOutput } from '../../support/captured-output.ts';

suite('ip', () => {
  test('asks as the captured output was asked for', () => {
    assert.deepEqual(listLinksArgs(), capturedOutput('ip', 'links').args);
  });

  test('tells what is up and what is the loopback interface', () => {
    const links = parseLinks(capturedOutput('ip', 'links').text);
    assert.deepEqual(
      links.toSorted((one, other) => one.name.localeCompare(other.name)),
      [
        { name: 'lo', isUp: true, isLoopback: true, macAddress: '00:00:00:00:00:00' },
        { name: 'veth0', isUp: true, isLoopback: false, macAddress: 'de:ac:6d:e8:7d:50' },
        { name: 'veth1', isUp: false, isLoopback: false, macAddress: '32:a2:8e:b9:a8:fa' },
      ],
    );
  });

  for (const text of ['', '{}', '[{}]', '[{"ifname":"eth0"}]', '[{"ifname":1,"flags":[]}]']) {
    test(`an answer that is ${JSON.stringify(text)} is an error, not a machine without interfaces`, () => {
      assert.throws(() => parseLinks(text));
    });
  }

  test('states that taking an interface down changes the network', async () => {
    const calls: ToolCall[] = [];
    await setLinkDown(async (call) => {
      calls.push(call);
      return { stdout: '', stderr: '', exitCode: 0 };
    }, 'eth0');
    assert.deepEqual(calls, [
      { program: 'ip', args: ['link', 'set', 'dev', 'eth0', 'down'], effect: { kind: 'network' } },
    ]);
  });
});
