import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { streamedCommand } from '../../api/command-answer.ts';
import type { AcceptedCommand } from '../../src/queue/accepted-commands.ts';
import { stateDirAt } from '../../src/queue/state-dir.ts';
import { storedResult } from '../../src/queue/stored-result.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const command: AcceptedCommand = {
  id: 'i',
  name: 'log.collect_system_logs',
  mode: 'sync',
  queue: 'system',
  sequence: 1,
  label: 'collect_system_logs',
};

describe('the answer of a command whose result lies in a file', () => {
  for (const mode of ['sync', 'async'] as const) {
    it(`is that of every other ${mode} command, with the result as it lies there`, async () => {
      using results = temporaryDirectory();
      const result = { system_logs: 'x'.repeat(3_000_000) };
      writeFileSync(path.join(results.path, 'i.json'), JSON.stringify(result));
      const state = { ...stateDirAt('/nowhere', 'boot'), results: results.path };
      const answer = streamedCommand(
        { command: { ...command, mode }, outcome: { kind: 'succeeded', result: storedResult } },
        state,
      );
      const told = await text(answer?.stream ?? Readable.from([]));
      assert.equal(Buffer.byteLength(told), answer?.bytes);
      const expected = {
        id: 'i',
        command_name: 'collect_system_logs',
        command_status: 'SUCCEEDED',
        command_error: null,
      };
      assert.equal(told, JSON.stringify({ ...expected, command_result: result }));
    });
  }

  it('is not needed for any other', () => {
    const state = stateDirAt('/nowhere', 'boot');
    assert.equal(streamedCommand({ command, outcome: { kind: 'succeeded', result: {} } }, state), null);
    assert.equal(streamedCommand({ command, outcome: { kind: 'running', progress: null } }, state), null);
  });
});
