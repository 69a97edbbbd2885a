import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunTool, ToolCall } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { type GatherOptions, gatherLogs } from '../../../src/log/gather-logs.ts';

/** A machine on which these programs say this, and no other is installed. */
function machine(outputs: Readonly<Record<string, string>>) {
  const calls: ToolCall[] = [];
  const run: RunTool = (call) => {
    calls.push(call);
    const stdout = outputs[call.program];
    if (stdout !== undefined) return Promise.resolve({ stdout, stderr: '', exitCode: 0 });
    return Promise.reject(new ToolError(call, { exitCode: null, why: 'is not installed', stderrTail: '' }));
  };
  return { calls, run };
}

async function gather(run: RunTool, more: Partial<Omit<GatherOptions, 'run'>> = {}) {
  const signal = new AbortController().signal;
  const members = await gatherLogs({ run, signal, limitBytes: 1e9, certificates: [], ...more });
  return new Map(members.map(({ name, content }) => [name, Buffer.from(content).toString()]));
}

const quiet = { journalctl: 'nothing happened\n' };

describe('gatherLogs', () => {
  it('asks only programs that read, each for a short time', async () => {
    const { calls, run } = machine(quiet);
    await gather(run);
    assert.ok(calls.length > 10);
    for (const { effect, timeoutSeconds } of calls) {
      assert.equal(effect.kind, 'read');
      assert.ok(timeoutSeconds !== undefined && timeoutSeconds <= 20);
    }
  });

  it('leaves out what is not there and says so', async () => {
    const members = await gather(machine({ ...quiet, lsblk: 'sda\n' }).run);
    assert.equal(members.get('lsblk'), 'sda\n');
    assert.equal(members.has('dmesg'), false);
    assert.match(members.get('not-collected') ?? '', /^dmesg: dmesg --ctime: is not installed$/m);
    assert.match(members.get('meminfo') ?? '', /MemTotal/);
  });

  it('takes the journal, and without one the files of /var/log', async () => {
    const fromFiles = (members: Map<string, string>) => [...members.keys()].some((name) => name.startsWith('var-log/'));
    const withJournal = await gather(machine(quiet).run);
    assert.equal(withJournal.get('journal'), 'nothing happened\n');
    assert.equal(fromFiles(withJournal), false);
    assert.equal(fromFiles(await gather(machine({}).run)), true);
    assert.equal(fromFiles(await gather(machine({ journalctl: '' }).run)), true);
  });

  it('masks secrets in every member', async () => {
    const line = 'GET /v1/commands?agent_token=sesame ipa-agent-token=sesame "configdrive": "sesame"\n';
    const members = await gather(machine({ journalctl: line.repeat(50_000), dmesg: line, ps: line }).run);
    for (const [name, text] of members) assert.doesNotMatch(text, /sesame/, name);
    assert.equal(members.get('journal')?.split('\n').length, 50_001);
  });

  it('keeps small members whole and the end of the largest when there is too much', async () => {
    const members = await gather(machine({ journalctl: `${'x'.repeat(500_000)}the end`, dmesg: 'short' }).run, {
      limitBytes: 300_000,
    });
    const total = [...members.values()].reduce((sum, text) => sum + text.length, 0);
    assert.equal(total, 300_000);
    assert.equal(members.get('dmesg'), 'short');
    assert.match(members.get('journal') ?? '', /the end$/);
  });

  it('takes certificates byte for byte, also what looks like a secret in them, and before all else', async () => {
    const text = '{"certificate":{"reason":"agent_token=not-one"}}';
    const certificates = [{ name: 'erase-certificates/one.json', content: Buffer.from(text) }];
    const journalctl = 'x'.repeat(500_000);
    const members = await gather(machine({ journalctl }).run, { certificates, limitBytes: text.length + 1000 });
    assert.equal(members.get('erase-certificates/one.json'), text);
    assert.ok([...members.values()].reduce((sum, content) => sum + content.length, 0) <= text.length + 1000);
  });

  it('leaves out a certificate that has no room, and never cuts one', async () => {
    const certificates = ['one', 'two', 'three'].map((name, index) => ({
      name: `erase-certificates/${name}.json`,
      content: Buffer.alloc(index === 1 ? 5000 : 100, name),
    }));
    const members = await gather(machine(quiet).run, { certificates, limitBytes: 4000 });
    const kept = [...members.keys()].filter((name) => name.startsWith('erase-certificates/'));
    assert.deepEqual(kept, ['erase-certificates/one.json', 'erase-certificates/three.json']);
    assert.match(members.get('not-collected') ?? '', /^erase-certificates\/two\.json: no room left$/m);
  });

  it('comes with what there is when the time is up', async () => {
    const stop = new AbortController();
    const { run } = machine(quiet);
    const slow: RunTool = async (call) => {
      if (call.program === 'journalctl') stop.abort();
      return run(call);
    };
    const members = await gather(slow, { signal: stop.signal });
    assert.match(members.get('not-collected') ?? '', /lshw: no time left/);
  });

  it('does not hide a mistake of our own', async () => {
    await assert.rejects(
      gather(() => Promise.reject(new TypeError('oops'))),
      TypeError,
    );
  });
});
