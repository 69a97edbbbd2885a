import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import type { CommandRecord } from '../../../src/core/command-records.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { type GatherOptions, gatherLogs } from '../../../src/log/gather-logs.ts';
import type { StartProgram } from '../../../src/log/program-source.ts';
import type { StreamingCall } from '../../../src/tools/start.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** What a program does: it says this in pieces, or hangs for ever after it. */
interface Output {
  readonly says: readonly string[];
  readonly hangs?: true;
  readonly fails?: string;
}

/** A machine on which these programs say this, and no other is installed. */
function machine(outputs: Readonly<Record<string, string | Output>>) {
  const calls: StreamingCall[] = [];
  const killed: string[] = [];
  const start: StartProgram = (call) => {
    calls.push(call);
    const told = outputs[call.program] ?? { says: [], fails: 'is not installed' };
    const { says, hangs, fails }: Output = typeof told === 'string' ? { says: [told] } : told;
    const failure = new ToolError(call, { exitCode: null, why: fails ?? '', stderrTail: '' });
    async function* output(): AsyncGenerator<Buffer, void> {
      for (const text of says) yield Buffer.from(text);
      if (hangs) await new Promise(() => undefined);
    }
    const ended = fails === undefined ? Promise.resolve('') : Promise.reject(failure);
    ended.catch(() => undefined);
    return { output: output(), ended, endInput: () => undefined, kill: () => void killed.push(call.program) };
  };
  return { calls, killed, start };
}

const record: CommandRecord = {
  id: 'c-1',
  name: 'deploy.execute_deploy_step',
  label: 'write_image',
  queue: 'image',
  status: 'FAILED',
  accepted_at: '2026-11-22T20:00:00.000Z',
  began_at: '2026-11-22T20:00:01.000Z',
  ended_at: '2026-11-22T20:00:02.000Z',
  error: { type: 'ImageChecksumError', code: 500, message: 'm', details: 'GET http://u:sesame@h/' },
  progress: null,
};

async function archiveOf(start: StartProgram, more: Partial<GatherOptions> = {}): Promise<Buffer> {
  using spool = temporaryDirectory();
  let text = '';
  const options: GatherOptions = {
    start,
    run: () => Promise.resolve({ stdout: 'DEVNAME=/dev/x\n', stderr: '', exitCode: 0 }),
    commands: { all: async () => [], log: async () => [] },
    signed: [],
    spoolDir: spool.path,
    seconds: { programs: 20, all: 30 },
    limitBytes: 64 * 1024 * 1024,
    ...more,
  };
  await gatherLogs(options, (piece) => {
    text += piece;
  });
  return Buffer.from(text, 'base64');
}

const maxBuffer = 1024 ** 3;

function tar(input: Buffer, ...args: string[]): string {
  return execFileSync('tar', [...args.slice(0, 1), '--gzip', '--file', '-', ...args.slice(1)], {
    input,
    encoding: 'utf8',
    maxBuffer,
  });
}

/** Members by name, as the real tar unpacks them. */
async function gather(start: StartProgram, more: Partial<GatherOptions> = {}): Promise<ReadonlyMap<string, string>> {
  const archive = await archiveOf(start, more);
  const names = tar(archive, '--list').split('\n').filter(Boolean);
  return new Map(names.map((name) => [name, tar(archive, '--extract', '--to-stdout', name)]));
}

const quiet = { journalctl: 'nothing happened\n' };

describe('gatherLogs', () => {
  it('asks only programs that read', async () => {
    const { calls, start } = machine(quiet);
    await archiveOf(start);
    assert.ok(calls.length > 10);
    for (const { effect } of calls) assert.equal(effect.kind, 'read');
  });

  it('leaves out what is not there and says so', async () => {
    const members = await gather(machine({ ...quiet, lsblk: 'sda\n' }).start);
    assert.equal(members.get('lsblk'), 'sda\n');
    assert.equal(members.has('dmesg'), false);
    assert.match(members.get('not-collected') ?? '', /^dmesg: failed: dmesg --ctime: is not installed$/m);
    assert.match(members.get('meminfo') ?? '', /MemTotal/);
  });

  it('has what udev knows of each block device as JSON', async () => {
    const members = await gather(machine(quiet).start);
    const devices = [...members].filter(([name]) => name.startsWith('udev/'));
    assert.ok(devices.length > 0);
    for (const [, text] of devices) assert.deepEqual(JSON.parse(text), { DEVNAME: '/dev/x' });
  });

  it('takes the journal, and without one the files of /var/log', async () => {
    const fromFiles = (members: ReadonlyMap<string, string>) =>
      [...members.keys()].some((name) => name.startsWith('var-log/'));
    const withJournal = await gather(machine(quiet).start);
    assert.equal(withJournal.get('journal'), 'nothing happened\n');
    assert.equal(fromFiles(withJournal), false);
    assert.equal(fromFiles(await gather(machine({}).start)), true);
    assert.equal(fromFiles(await gather(machine({ journalctl: '' }).start)), true);
  });

  it('has the newest of a journal that is too long, in the order of time, entries of several lines together', async () => {
    const entry = (number: number): string =>
      `Nov 22 20:00:00 host unit[1]: entry ${number}\n    second line of ${number}\n`;
    const count = 30_000;
    const newestFirst = Array.from({ length: count }, (_, index) => entry(count - index)).join('');
    const says = newestFirst.match(/[\s\S]{1,65536}/g) ?? [];
    const { start, killed } = machine({ journalctl: { says } });
    const members = await gather(start, { limitBytes: 1_500_000 });
    const text = members.get('journal') ?? '';
    const numbers = [...text.matchAll(/ entry (\d+)\n {4}second line of (\d+)\n/g)].map(([, one, two]) => [one, two]);
    assert.equal(numbers.at(-1)?.[0], String(count));
    assert.ok(numbers.length > 5000 && numbers.length < count);
    for (const [index, [one, two]] of numbers.entries()) {
      assert.equal(one, two);
      assert.equal(Number(one), count - numbers.length + 1 + index);
    }
    assert.match(members.get('not-collected') ?? '', /^journal: size: cut to \d+ bytes$/m);
    assert.ok(killed.includes('journalctl'));
  });

  it('is never longer than its limit, whatever the programs say', async () => {
    const flood = { says: Array.from({ length: 40 }, (_, index) => `${String(index).repeat(60)}\n`.repeat(1000)) };
    const limitBytes = 1_000_000;
    const archive = await archiveOf(machine({ journalctl: flood, dmesg: flood, lsblk: flood, ps: flood }).start, {
      limitBytes,
    });
    assert.ok(execFileSync('gzip', ['-dc'], { input: archive, maxBuffer }).length <= limitBytes);
  });

  it('does not wait for a program that hangs and that no signal ends; what it said before comes', async () => {
    const started = performance.now();
    const { start, killed } = machine({
      ...quiet,
      lsblk: { says: ['sda\n'], hangs: true },
      parted: { says: [], hangs: true },
    });
    const members = await gather(start, { seconds: { programs: 1, all: 5 } });
    assert.equal(members.get('lsblk'), 'sda\n');
    assert.match(members.get('not-collected') ?? '', /^lsblk: time: stopped: no time left$/m);
    assert.match(members.get('not-collected') ?? '', /^parted: time: /m);
    assert.equal(members.get('journal'), 'nothing happened\n');
    for (const program of ['lsblk', 'parted']) assert.ok(killed.includes(program));
    assert.ok(performance.now() - started < 10_000);
  });

  it('has the commands of this boot with their logs', async () => {
    const commands = { all: async () => [record], log: async () => ['one line', 'agent_token=sesame'] };
    const members = await gather(machine(quiet).start, { commands });
    const [told] = JSON.parse(members.get('commands.json') ?? '[]') as CommandRecord[];
    assert.deepEqual({ ...told, error: null }, { ...record, error: null });
    assert.equal(told?.error?.details, 'GET http://***@h/');
    assert.equal(members.get('commands/001-write_image-c-1.log'), 'one line\nagent_token=***\n');
  });

  it('comes without the commands where redis does not answer', async () => {
    const commands = { all: () => Promise.reject(new Error('away')), log: async () => [] };
    const members = await gather(machine(quiet).start, { commands });
    assert.match(members.get('not-collected') ?? '', /^commands\.json: failed: away$/m);
    assert.equal(members.get('journal'), 'nothing happened\n');
  });

  it('keeps what is small when there is too much', async () => {
    const flood = { says: ['x'.repeat(99).concat('\n').repeat(20_000)] };
    const members = await gather(machine({ journalctl: flood, dmesg: 'short\n' }).start, { limitBytes: 1_000_000 });
    assert.equal(members.get('dmesg'), 'short\n');
    assert.ok((members.get('journal') ?? '').length > 100_000);
  });

  it('takes certificates byte for byte, also what looks like a secret in them', async () => {
    const text = '{"certificate":{"reason":"agent_token=not-one"}}';
    const signed = [{ name: 'erase-certificates/one.json', content: Buffer.from(text) }];
    assert.equal((await gather(machine(quiet).start, { signed })).get('erase-certificates/one.json'), text);
  });

  it('leaves out a certificate that has no room, and never cuts one', async () => {
    const signed = ['one', 'two', 'three'].map((name, index) => ({
      name: `erase-certificates/${name}.json`,
      content: Buffer.alloc(index === 1 ? 500_000 : 100, name),
    }));
    const members = await gather(machine(quiet).start, { signed, limitBytes: 400_000 });
    const kept = [...members.keys()].filter((name) => name.startsWith('erase-certificates/'));
    assert.deepEqual(kept, ['erase-certificates/one.json', 'erase-certificates/three.json']);
    assert.match(members.get('not-collected') ?? '', /^erase-certificates\/two\.json: size: no room left for it$/m);
  });
});
