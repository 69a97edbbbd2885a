import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentError } from '../../../src/errors/agent-error.ts';
import { injectFilesStep } from '../../../src/steps/inject-files.ts';
import { createJobContext } from '../../support/job-context.ts';

/** Runs the step where any look at the disks would fail the test. */
async function run(args: object, properties: object | null = {}): Promise<unknown> {
  const { value, error } = injectFilesStep.args.validate(args, { convert: false });
  assert.equal(error, undefined);
  const context = createJobContext({ devices: [] });
  const managers = { ...context.managers, listBlockDevices: () => assert.fail('looked at the disks') };
  const node = { uuid: 'n', ...(properties && { properties: { ...properties } }) };
  return injectFilesStep.run(value, { ...context, managers, node, ports: [] });
}

const complaint = (args: object): string =>
  injectFilesStep.args.validate(args, { convert: false }).error?.message ?? '';

describe('the step inject_files', () => {
  it('is offered in deploy and service, with the priority of the option', () => {
    assert.deepEqual(injectFilesStep.offer, { deploy: 'injectFilesPriority', service: 'injectFilesPriority' });
    assert.equal(injectFilesStep.replay, 'repeatable');
  });

  it('does nothing where neither node nor step name a file', async () => {
    for (const args of [{}, { files: null, verify_ca: null }, { files: [] }]) assert.equal(await run(args), null);
    assert.equal(await run({}, { inject_files: null }), null);
    assert.equal(await run({}, null), null);
  });

  it('names what is wrong in its arguments', () => {
    assert.match(complaint({ files: {} }), /"files" must be an array/);
    assert.match(complaint({ files: ['x'] }), /"files\[0\]" must be of type object/);
    assert.match(complaint({ files: [{ path: '/etc/../x', content: '' }] }), /"files\[0\]\.path" must not contain/);
    assert.match(complaint({ files: [{ path: '/etc/x' }] }), /"files\[0\]" must have either "content" or "deleted"/);
    assert.match(complaint({ verify_ca: 1 }), /"verify_ca" must be one of \[boolean, string\]/);
    assert.match(complaint({ file: [] }), /"file" is not allowed/);
  });

  it('names what is wrong in the properties of the node, before it looks at a disk', async () => {
    const wrong = [
      [
        { path: '/etc/x', content: 'canary', mod: 1 },
        /^properties.inject_files of the node: "\[0\]\.mod" is not allowed$/,
      ],
      [{ path: '/etc/x', content: 'canary', mode: '0644' }, /"\[0\]\.mode" must be a number/],
    ] as const;
    for (const [file, message] of wrong) {
      await assert.rejects(run({}, { inject_files: [file] }), (error) => {
        assert.ok(error instanceof AgentError);
        assert.equal(error.kind.type, 'InvalidCommandParamsError');
        assert.match(error.details, message);
        assert.doesNotMatch(error.details, /canary/);
        return true;
      });
    }
    await assert.rejects(run({}, { inject_files: 'x' }), /must be an array/);
  });
});
