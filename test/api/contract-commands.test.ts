import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningAgent, startAgent, type WireCommand } from '../support/agent.ts';
import { recordedSteps, smallNode, stepRequest } from '../support/step-request.ts';

const wireFields = ['id', 'command_name', 'command_status', 'command_error', 'command_result'];
const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let agent: RunningAgent;
let record: string;

before(async () => {
  agent = await startAgent({ hardwareManagerDir: recordedSteps });
  record = path.join(agent.stateDir, '../record');
});

after(() => agent.stop());

const sleepStep = (seconds: number): object => stepRequest('sleep_repeatable', { file: record, seconds });

/** Runs a step and gives its entry when it has ended. */
async function stepEnded(step: string, args: object, more: object = {}): Promise<WireCommand> {
  const params = { ...stepRequest(step, args), ...more };
  return await agent.accepted('clean.execute_clean_step', params, { wait: true });
}

describe('a command', () => {
  it('has exactly the five fields in their order, and a random id', async () => {
    const { text, json } = await agent.post('standby.get_partition_uuids');
    assert.deepEqual(Object.keys(json as object), wireFields);
    assert.match((json as WireCommand).id, uuid4);
    assert.match(text, /^\{"id":.*,"command_status":"SUCCEEDED","command_error":null,"command_result":\{\}\}$/);
  });

  it('is answered with its result when it is synchronous, whatever wait says', async () => {
    for (const wait of [true, false]) {
      const command = await agent.accepted('clean.get_clean_steps', { node: smallNode, ports: [] }, { wait });
      assert.equal(command.command_status, 'SUCCEEDED');
      const { clean_steps: steps, hardware_manager_version: versions } = command.command_result ?? {};
      assert.deepEqual(versions, { recorded_steps: '1', generic_hardware_manager: '1.0' });
      const mine = (steps as Record<string, readonly Record<string, unknown>[]>).RecordedSteps ?? [];
      assert.deepEqual(
        mine.find(({ step }) => step === 'fail_with'),
        {
          step: 'fail_with',
          priority: 0,
          interface: 'deploy',
          reboot_requested: false,
          abortable: true,
          argsinfo: {
            text: { description: 'Text of the error.', required: true },
            agent: { description: 'Whether to throw an error of the catalogue.', required: false },
          },
        },
      );
    }
  });

  it('is RUNNING in the answer when it is asynchronous, and later has its result with the step echoed', async () => {
    const params = sleepStep(0.3);
    const command = await agent.accepted('clean.execute_clean_step', params);
    assert.deepEqual(Object.keys(command), wireFields);
    assert.equal(command.command_status, 'RUNNING');
    assert.equal(command.command_result, null);
    const ended = await agent.ended(command.id);
    assert.deepEqual(ended, {
      id: command.id,
      command_name: 'execute_clean_step',
      command_status: 'SUCCEEDED',
      command_error: null,
      command_result: { clean_result: 'slept', clean_step: (params as { step: object }).step },
    });
    assert.deepEqual(Object.keys(ended), wireFields);
  });

  it('is waited for when wait is true in whatever letters, and not for any other value', async () => {
    const newBody = () => JSON.stringify({ name: 'clean.execute_clean_step', params: sleepStep(0.2) });
    for (const wait of ['true', 'True', 'TRUE', 'tRuE']) {
      const { json } = await agent.request(`/v1/commands/?wait=${wait}`, { method: 'POST', body: newBody() });
      assert.equal((json as WireCommand).command_status, 'SUCCEEDED', wait);
    }
    for (const query of ['?wait=1', '?wait=yes', '?wait=', '?wait=false', '']) {
      const { json } = await agent.request(`/v1/commands/${query}`, { method: 'POST', body: newBody() });
      assert.equal((json as WireCommand).command_status, 'RUNNING', query);
      const { id } = json as WireCommand;
      const waited = await agent.request(`/v1/commands/${id}?wait=True`);
      assert.equal((waited.json as WireCommand).command_status, 'SUCCEEDED', query);
    }
  });

  it('is parsed as JSON whatever the content type says', async () => {
    const body = JSON.stringify({ name: 'standby.get_partition_uuids', params: {} });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'image/png', 'nonsense']) {
      const headers = { 'content-type': type };
      const { status } = await agent.request('/v1/commands/', { method: 'POST', body, headers });
      assert.equal(status, 200, type);
    }
  });

  it('tells text outside ASCII in escapes', async () => {
    const text = 'Gerät „sda“ – 磁盘 🚀 \u007f';
    const { id } = await stepEnded('fail_with', { text, agent: true });
    const answer = await agent.request(`/v1/commands/${id}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: DEL is the last character of ASCII, and no text
    assert.doesNotMatch(answer.text, /[^\u0000-\u007e]/);
    assert.equal((answer.json as WireCommand).command_error?.details, text);
  });
});

describe('a failure', () => {
  it('of the catalogue is told as it is, with HTTP 200', async () => {
    const { command_error: error, ...rest } = await stepEnded('fail_with', { text: 'no good', agent: true });
    const { command_status: status, command_result: result, command_name: name } = rest;
    assert.deepEqual([status, result, name], ['FAILED', null, 'execute_clean_step']);
    assert.deepEqual(error, {
      type: 'CommandExecutionError',
      code: 500,
      message: 'Command execution failed',
      details: 'no good',
    });
  });

  it('of another kind becomes the error of the process that the step belongs to', async () => {
    for (const [process, type] of [
      ['clean', 'CleaningError'],
      ['deploy', 'DeploymentError'],
      ['service', 'ServicingError'],
    ]) {
      const name = `${process}.execute_${process}_step`;
      const params = stepRequest('fail_with', { text: 'x is not a function' });
      const { command_error: error } = await agent.accepted(name, params, { wait: true });
      assert.equal(error?.type, type);
      assert.equal(
        error?.details,
        `Unexpected exception performing ${process} step fail_with. TypeError: x is not a function`,
      );
    }
  });

  it('of a step that nobody has is named so', async () => {
    const { command_error: error } = await stepEnded('no_such_step', {});
    assert.equal(error?.type, 'HardwareManagerMethodNotFound');
    assert.equal(error?.details, 'Could not find method: clean step no_such_step');
  });

  it('of a step whose arguments are wrong says what is wrong, and comes before the step does anything', async () => {
    const image = { urls: ['http://127.0.0.1:9/disk.raw'], checksum: 'd41d8cd98f00b204e9800998ecf8427e' };
    for (const id of ['../../etc', '/etc/passwd', '..', 'a/b', 'a\0b']) {
      const params = stepRequest('write_image', { image_info: { ...image, id } });
      const { command_error: error } = await agent.accepted('deploy.execute_deploy_step', params, { wait: true });
      assert.equal(error?.type, 'InvalidCommandParamsError');
      assert.match(error?.details ?? '', /^step write_image: .*image_info\.id.* must not be a path$/);
    }
    const { command_error: error } = await stepEnded('sleep_repeatable', { file: 5, second: 1 });
    assert.match(error?.details ?? '', /"file" must be a string.*"seconds" is required.*"second" is not allowed/);
  });

  it('by other versions of hardware managers has a status of its own', async () => {
    const versions = { clean_version: { generic_hardware_manager: '0.9' } };
    const { command_status: status, command_error: error } = await stepEnded('fail_with', { text: '-' }, versions);
    assert.equal(status, 'CLEAN_VERSION_MISMATCH');
    assert.deepEqual([error?.type, error?.code], ['VersionMismatch', 409]);
  });

  it('by other versions of hardware managers fails a deploy step, and names both', async () => {
    const params = { ...stepRequest('write_image', { image_info: {} }), deploy_version: { vendor_manager: '0.9' } };
    const ended = await agent.accepted('deploy.execute_deploy_step', params, { wait: true });
    assert.deepEqual([ended.command_status, ended.command_error?.type], ['FAILED', 'DeploymentError']);
    assert.match(
      ended.command_error?.details ?? '',
      /"generic_hardware_manager":.*expects: \{"vendor_manager":"0\.9"\}/,
    );
  });

  it('never keeps the list from being read', async () => {
    const list = await agent.list();
    assert.ok(list.some(({ command_status: status }) => status === 'FAILED'));
    for (const command of list) assert.deepEqual(Object.keys(command), wireFields);
  });
});
