import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  agentTokenAfterLookup,
  isTokenElsewhere,
  lookupSettings,
  parseLookupAnswer,
} from '../../../src/ironic/lookup-answer.ts';

const uuid = 'fe10ad65-2f4c-4b6a-9a55-6c2d1a3a4b01';
const answerWith = (config: object) => parseLookupAnswer({ node: { uuid }, config });
const token = 'k'.repeat(43);

describe('parseLookupAnswer', () => {
  it('reads the answer of a new conductor', () => {
    const {
      node,
      config,
      token: given,
    } = parseLookupAnswer({
      node: { uuid, properties: { cpu_arch: 'x86_64' }, links: [] },
      config: {
        heartbeat_timeout: 30,
        agent_token: token,
        agent_token_required: true,
        agent_md5_checksum_enable: false,
        disable_deep_image_inspection: false,
        permitted_image_formats: ['raw', 'gpt', 'qcow2', 'iso'],
        agent_skip_bmc_detect: true,
        enable_bios_bootloader_install: false,
        tls_min_version: '1.3',
        tls_cipher_suites: null,
        metrics: { backend: 'noop' },
        agent_containers: { runner: 'podman' },
      },
    });
    assert.deepEqual(node.properties, { cpu_arch: 'x86_64' });
    assert.deepEqual(given, { kind: 'given', token });
    assert.deepEqual(config, {
      heartbeatTimeoutSeconds: 30,
      tlsMinVersion: '1.3',
      tlsCipherSuites: null,
      md5Enabled: false,
      disableDeepImageInspection: false,
      permittedImageFormats: ['raw', 'gpt', 'qcow2', 'iso'],
      skipBmcDetect: true,
    });
  });

  it('takes the heartbeat timeout from where old conductors had it, else the usual one', () => {
    assert.equal(parseLookupAnswer({ node: { uuid }, heartbeat_timeout: 60 }).config.heartbeatTimeoutSeconds, 60);
    assert.equal(parseLookupAnswer({ node: { uuid } }).config.heartbeatTimeoutSeconds, 300);
  });

  it('does not let an unknown TLS version or a strange list cost the deployment', () => {
    const { config } = answerWith({
      tls_min_version: '1.4',
      permitted_image_formats: 'raw',
      agent_md5_checksum_enable: {},
    });
    assert.deepEqual([config.tlsMinVersion, config.permittedImageFormats, config.md5Enabled], [null, null, null]);
  });

  for (const body of [undefined, null, [], 'x', {}, { node: {} }, { node: null }, { node: { uuid: 5 } }]) {
    it(`refuses ${JSON.stringify(body)}`, () => {
      assert.throws(() => parseLookupAnswer(body), { name: 'LookupNodeError' });
    });
  }

  for (const [given, kind] of [
    [token, 'given'],
    ['k'.repeat(32), 'given'],
    ['k'.repeat(31), 'none'],
    ['******', 'given-before'],
    [null, 'none'],
    ['', 'none'],
  ] as const) {
    it(`takes the token ${JSON.stringify(given)} for ${kind}`, () => {
      assert.equal(answerWith({ agent_token: given }).token.kind, kind);
    });
  }
});

describe('agentTokenAfterLookup', () => {
  it('prefers a new token to a known one', () => {
    assert.equal(agentTokenAfterLookup({ kind: 'given', token }, 'known'), token);
  });

  it('keeps a known token when Ironic gave none, or gave it before', () => {
    assert.equal(agentTokenAfterLookup({ kind: 'given-before' }, 'known'), 'known');
    assert.equal(agentTokenAfterLookup({ kind: 'none' }, 'known'), 'known');
    assert.equal(agentTokenAfterLookup({ kind: 'none' }, null), null);
  });
});

describe('isTokenElsewhere', () => {
  it('is true only for a token that was given before and that nobody here knows', () => {
    assert.equal(isTokenElsewhere({ kind: 'given-before' }, null), true);
    assert.equal(isTokenElsewhere({ kind: 'given-before' }, 'known'), false);
    assert.equal(isTokenElsewhere({ kind: 'given', token }, null), false);
    assert.equal(isTokenElsewhere({ kind: 'none' }, null), false);
  });
});

describe('lookupSettings', () => {
  it('tells the workers to leave the BMC alone where Ironic does without IPMI', () => {
    assert.equal(lookupSettings(answerWith({ agent_skip_bmc_detect: true }).config).skipBmcDetect, true);
    assert.equal(lookupSettings(answerWith({}).config).skipBmcDetect, null);
  });
});
