import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ToolCall, ToolResult } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { parseReservation, readNvmeReservation } from '../../../src/tools/nvme-reservation.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const captured = (name: string): string => capturedOutput('nvme', name).text;

/** A drive with reservations, whose reports are these fixtures. */
function drive(short: string, extended?: string) {
  const asked: string[] = [];
  const run = async (call: ToolCall): Promise<ToolResult> => {
    const [command = ''] = call.args;
    asked.push(command);
    assert.equal(call.effect.kind, 'read');
    if (command === 'id-ns') return answer(captured('shim-id-ns').replace('"rescap":0', '"rescap":255'));
    const { text, stderr, exitCode } = capturedOutput('nvme', call.args.includes('--eds') ? (extended ?? '') : short);
    if (exitCode !== 0) throw new ToolError(call, { exitCode, why: `exit code ${exitCode}`, stderrTail: stderr });
    return answer(text);
  };
  return { run, asked };
}

function answer(stdout: string): ToolResult {
  return { stdout, stderr: '', exitCode: 0 };
}

suite('nvme resv-report', () => {
  test('tells who holds a reservation, to the last bit of the host', () => {
    assert.deepEqual(parseReservation(captured('shim-resv-report-held')), { holder: '1122334455667700', type: 1 });
  });

  test('tells the long host identifier of the extended form', () => {
    const holder = '101112131415161718191a1b1c1d1e1f';
    assert.deepEqual(parseReservation(captured('shim-resv-report-extended')), { holder, type: 3 });
  });

  test('tells nothing where nobody holds one', () => {
    assert.equal(parseReservation(captured('shim-resv-report-none')), null);
  });

  test('tells a reservation that no registrant is said to hold', () => {
    const text = captured('shim-resv-report-held').replace('"rcsts":1', '"rcsts":0');
    assert.deepEqual(parseReservation(text), { holder: 'unknown', type: 1 });
  });

  test('is refused without a type or without registrants', () => {
    assert.throws(() => parseReservation('{}'), /no rtype/);
    assert.throws(() => parseReservation('{"rtype":1}'), /no registrants/);
  });
});

suite('the reservation of a namespace', () => {
  test('is read in the extended form where the drive wants that', async () => {
    const { run } = drive('shim-resv-report-host-format', 'shim-resv-report-extended');
    assert.equal((await readNvmeReservation(run, '/dev/nvme0n1'))?.type, 3);
  });

  test('is not asked for where the namespace knows none', async () => {
    const asked: string[] = [];
    const run = async ({ args }: ToolCall) => {
      asked.push(args[0] ?? '');
      return answer(captured('id-ns'));
    };
    assert.equal(await readNvmeReservation(run, '/dev/nvme0n1'), null);
    assert.deepEqual(asked, ['id-ns']);
  });

  test('is an error where the drive should know and does not answer', async () => {
    await assert.rejects(readNvmeReservation(drive('resv-report').run, '/dev/nvme0n1'), ToolError);
  });
});
