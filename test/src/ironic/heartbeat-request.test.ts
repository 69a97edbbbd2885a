import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heartbeatRequest } from '../../../src/ironic/heartbeat-request.ts';

const full = {
  callbackUrl: 'https://192.0.2.1:9999',
  agentToken: 'token',
  agentVersion: '12.0.0',
  agentVerifyCa: 'PEM',
  statusMessage: 'write_image: 42 %',
};
const newest = (minor: number) => ({ major: 1, minor });

describe('heartbeatRequest', () => {
  for (const [minor, asked, fields] of [
    [31, 31, ['callback_url']],
    [36, 36, ['callback_url', 'agent_version']],
    [62, 62, ['callback_url', 'agent_token', 'agent_version']],
    [68, 68, ['callback_url', 'agent_token', 'agent_version', 'agent_verify_ca']],
    [71, 68, ['callback_url', 'agent_token', 'agent_version', 'agent_verify_ca']],
    [72, 72, ['callback_url', 'agent_token', 'agent_version', 'agent_verify_ca', 'agent_status_message']],
    [104, 72, ['callback_url', 'agent_token', 'agent_version', 'agent_verify_ca', 'agent_status_message']],
  ] as const) {
    it(`asks an Ironic of 1.${minor} for 1.${asked} and sends only what that knows, in the order of the contract`, () => {
      const { version, body } = heartbeatRequest(full, newest(minor));
      assert.deepEqual(version, newest(asked));
      assert.deepEqual(Object.keys(body), fields);
    });
  }

  it('asks for no more than 1.68 when there is nothing to tell', () => {
    const { version, body } = heartbeatRequest({ ...full, statusMessage: null }, newest(104));
    assert.deepEqual(version, newest(68));
    assert.equal('agent_status_message' in body, false);
  });

  it('leaves out a token and a certificate that do not exist', () => {
    const { body } = heartbeatRequest(
      { ...full, agentToken: null, agentVerifyCa: null, statusMessage: null },
      newest(104),
    );
    assert.deepEqual(body, { callback_url: full.callbackUrl, agent_version: '12.0.0' });
  });

  it('cuts a long message', () => {
    const { body } = heartbeatRequest({ ...full, statusMessage: 'x'.repeat(1000) }, newest(104));
    assert.equal(body.agent_status_message?.length, 255);
  });
});
