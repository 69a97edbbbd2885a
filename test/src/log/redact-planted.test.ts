import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { redactText } from '../../../src/log/redact.ts';

const base64 = (bytes: number): string => randomBytes(bytes).toString('base64');
const nested = JSON.stringify({ message: JSON.stringify({ oci_pull_secret: 'SESAME"SESAME' }) });

/** Lines as they stand in journals, with the parts that nobody may see. */
const planted: Readonly<Record<string, { readonly line: string; readonly secrets: readonly string[] }>> = {
  'the token in the address of a request': {
    line: 'werkzeug: 127.0.0.1 "POST /v1/commands/?wait=false&agent_token=SESAME HTTP/1.1" 200',
    secrets: ['SESAME'],
  },
  'the token on the kernel command line': { line: 'Command line: ipa-agent-token=SESAME quiet', secrets: ['SESAME'] },
  'the token in the answer to a lookup': {
    line: `b'{"config": {"agent_token": "SESAME", "heartbeat_timeout": 30}}'`,
    secrets: ['SESAME'],
  },
  'the token in a header': { line: 'X-Auth-Token: SESAME', secrets: ['SESAME'] },
  'a hash of the rescue password': {
    line: "usermod: --password '$5$05mMPdNUE$abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'",
    secrets: ['05mMPdNUE', 'abcdefghijklm'],
  },
  'a hash with rounds': {
    line: 'rescue:$6$rounds=5000$saltsalt$KcbGk0Ep8Tm0VyxXrqJTlU5nYbh/Tmr.:20000:0:99999:7:::',
    secrets: ['saltsalt', 'KcbGk0'],
  },
  'a yescrypt hash': {
    line: 'root:$y$j9T$F5Jx5fExrKuPp53xLKQ..1$tnSYvahCwPBHKZUspmcxMfb0.WiB9W.zEaKlOBL35rC:1',
    secrets: ['F5Jx5f', 'tnSYvah'],
  },
  'a rescue password in clear': {
    line: `params: {'rescue_password': "it's SESAME", 'hashed': False}`,
    secrets: ['SESAME'],
  },
  'a password with a quote in it': {
    line: `{"image_server_password": "SES\\"SESAME", "a": "shown"}`,
    secrets: ['SES\\', 'SESAME'],
  },
  'a password as an option': { line: 'skopeo copy --src-password SESAME oci:/x', secrets: ['SESAME'] },
  'a password in an INI file': { line: 'redfish_password = SESAME', secrets: ['SESAME'] },
  'a pull secret in JSON in JSON': { line: nested, secrets: ['SESAME'] },
  'a pull secret that is an object': {
    line: `'oci_pull_secret': {'auths': {'quay.io': {'auth': 'SESAME'}}}`,
    secrets: ['SESAME'],
  },
  'a config drive': { line: `{"configdrive": "H4sI${base64(90)}"}`, secrets: ['H4sI'] },
  'a config drive in parts': {
    line: `{"configdrive": {"meta_data": {"key": "SESAME"}, "user_data": "SESAME"}}`,
    secrets: ['SESAME'],
  },
  'the rest of a config drive, in a line of its own': {
    line: `host ipa[1]: ZmlsbGluZw${base64(3000)}`,
    secrets: ['ZmlsbGluZw'],
  },
  'a value that the end of the line cuts off': { line: '{"agent_token": "SESAME', secrets: ['SESAME'] },
  'credentials in an address': { line: 'GET http://user:SESAME@10.0.0.1/image.qcow2', secrets: ['SESAME'] },
  'a signature in an address': {
    line: 'GET https://swift/v1/i?temp_url_sig=SESAME&temp_url_expires=1',
    secrets: ['SESAME'],
  },
  'an authorization': { line: 'Authorization: Bearer SESAME', secrets: ['SESAME'] },
  'a private key': {
    line: '"-----BEGIN EC PRIVATE KEY-----\\nSESAME\\n-----END EC PRIVATE KEY-----"',
    secrets: ['SESAME'],
  },
};

describe('a secret in a line of a log', () => {
  for (const [what, { line, secrets }] of Object.entries(planted)) {
    it(`is masked: ${what}`, () => {
      const masked = redactText(`a line before\nNov 22 20:00:00 host unit[1]: ${line}\na line after\n`);
      for (const secret of secrets) assert.equal(masked.includes(secret), false, masked);
      assert.match(masked, /^a line before\n[\s\S]*\*\*\*[\s\S]*\na line after\n$/);
    });
  }

  for (const line of [
    'systemd[1]: Started ironhand.service - deployment agent of Ironic.',
    'kernel: EXT4-fs (sda1): mounted filesystem 9f1c7a52-1b0e-4b4e-9be7-0f1d3c2b5a61 r/w with ordered data mode',
    'sha256 308076ee308076ee308076ee308076ee308076ee308076ee308076ee308076ee',
    '{"agent_token": null, "configdrive": "", "level": "info"}',
    'write_image: 41 % of 1.5 GiB, $5 each',
  ]) {
    it(`is not seen where there is none: ${line.slice(0, 40)}`, () => assert.equal(redactText(line), line));
  }
});
