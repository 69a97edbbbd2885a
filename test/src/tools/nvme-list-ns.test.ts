import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { RunTool } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { listNamespacesArgs, listNvmeNamespaceIds, parseNamespaceList } from '../../../src/tools/nvme-list-ns.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const captured = (name: string): string => capturedOutput('nvme', name).text;

suite('nvme list-ns', () => {
  for (const [fixture, ids] of [
    ['list-ns', [1]],
    ['list-ns-all', [1]],
    ['shim-list-ns', [1]],
    ['shim-list-ns-all', [1, 2, 5]],
    ['shim-list-ns-all-empty', []],
    ['shim-list-ns-high', [1, 0xfffffff0]],
  ] as const) {
    test(`is read: ${fixture}`, () => assert.deepEqual(parseNamespaceList(captured(fixture)), ids));
  }

  for (const text of ['', '[]', '{}', '{"nsid_list":1}', '{"nsid_list":[1]}', '{"nsid_list":[{"id":1}]}']) {
    test(`is refused when it is ${JSON.stringify(text)}`, () =>
      assert.throws(() => parseNamespaceList(text), /nvme list-ns/));
  }

  test('is asked for as it was captured', () => {
    assert.deepEqual(listNamespacesArgs('/dev/loop0', 'allocated'), capturedOutput('nvme', 'shim-list-ns-all').args);
    assert.deepEqual(listNamespacesArgs('/dev/loop0', 'active'), capturedOutput('nvme', 'shim-list-ns').args);
  });

  const failing =
    (fixture: string): RunTool =>
    async (call) => {
      const { stderr, exitCode } = capturedOutput('nvme', fixture);
      throw new ToolError(call, { exitCode, why: `exit code ${exitCode}`, stderrTail: stderr });
    };

  test('is null where the drive refuses to tell', async () => {
    assert.equal(await listNvmeNamespaceIds(failing('shim-list-ns-all-refused'), '/dev/nvme0n1', 'allocated'), null);
  });

  test('fails where the drive does not answer', async () => {
    const asked = listNvmeNamespaceIds(failing('shim-list-ns-no-answer'), '/dev/nvme0n1', 'allocated');
    await assert.rejects(asked, ToolError);
  });
});
