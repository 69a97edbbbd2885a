import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConfigInput, loadConfig } from '../../../src/config/load-config.ts';

const laptop = { ipv6: true, rootInMemory: false, ownNetworkNamespace: false };
const ramdisk = { ipv6: true, rootInMemory: true, ownNetworkNamespace: false };

function load(input: Partial<ConfigInput> = {}) {
  return loadConfig({ env: {}, kernelCommandLine: '', files: [], machine: laptop, ...input });
}

const file = (text: string, path = '/etc/ironhand/ironhand.conf') => ({ path, text: `[DEFAULT]\n${text}\n` });
const invalid = (message: RegExp) => ({ name: 'ConfigurationError', message });

describe('loadConfig', () => {
  it('gives every option its default and says so', () => {
    const { config, sources, warnings } = load({ argv: { standalone: true, agentToken: '678123' } });
    assert.equal(config.listenPort, 9999);
    assert.deepEqual(config.apiUrls, []);
    assert.equal(config.tlsMinVersion, '1.2');
    assert.equal(config.insideRamdisk, false);
    assert.equal(sources.listenPort, 'default');
    assert.deepEqual(warnings, []);
  });

  it('listens on all IPv4 addresses where the kernel has no IPv6', () => {
    assert.equal(load().config.listenHost, '::');
    assert.equal(load({ machine: { ...laptop, ipv6: false } }).config.listenHost, '0.0.0.0');
  });

  it('prefers flags to files, files to the environment, the environment to the kernel command line', () => {
    const kernelCommandLine = 'ipa-listen-port=1001';
    const env = { IRONHAND_LISTEN_PORT: '1002' };
    const files = [file('listen_port = 1003', '/a.conf'), file('# comment\nlisten_port = 1004', '/b.conf')];
    const steps = [
      [{ kernelCommandLine }, 1001, 'kernel parameter ipa-listen-port'],
      [{ kernelCommandLine, env }, 1002, 'environment variable IRONHAND_LISTEN_PORT'],
      [{ kernelCommandLine, env, files }, 1004, '/b.conf:3'],
      [{ kernelCommandLine, env, files, argv: { listenPort: '1005' } }, 1005, 'flag --listen-port'],
    ] as const;
    for (const [input, port, source] of steps) {
      const { config, sources } = load(input);
      assert.equal(config.listenPort, port);
      assert.equal(sources.listenPort, source);
    }
  });

  it('prefers ipa-debug to the files, as ironic-python-agent does, but not to the flag', () => {
    const input = { kernelCommandLine: 'ipa-debug=1', files: [file('debug = false')] };
    assert.equal(load(input).config.debug, true);
    assert.equal(load({ ...input, argv: { debug: false } }).config.debug, false);
  });

  it('splits lists at commas', () => {
    const { config } = load({
      kernelCommandLine: 'ipa-api-url=http://a:6385,https://b',
      argv: { devices: '/dev/loop5, /dev/loop6' },
      env: { IRONHAND_MAC_ADDRESSES: '52:54:00:12:34:56' },
    });
    assert.deepEqual(config.apiUrls, ['http://a:6385', 'https://b']);
    assert.deepEqual(config.devices, ['/dev/loop5', '/dev/loop6']);
    assert.deepEqual(config.macAddresses, ['52:54:00:12:34:56']);
  });

  it('reads yes and no in every spelling of oslo.config', () => {
    for (const text of ['true', 'True', 'YES', 'on', '1', 't', 'y']) {
      assert.equal(load({ files: [file(`insecure = ${text}`)] }).config.insecure, true, text);
    }
    for (const text of ['false', 'False', 'no', 'off', '0', 'f', 'n']) {
      assert.equal(load({ files: [file(`md5_enabled = ${text}`)] }).config.md5Enabled, false, text);
    }
  });

  it('takes an empty text for not given', () => {
    const { config, sources } = load({ env: { IRONHAND_API_URL: '' }, kernelCommandLine: 'ipa-api-url=http://a' });
    assert.deepEqual(config.apiUrls, ['http://a']);
    assert.equal(sources.apiUrls, 'kernel parameter ipa-api-url');
  });

  it('reads BOOTIF of the boot loader', () => {
    const { config } = load({ kernelCommandLine: 'BOOTIF=01-aa-bb-cc-dd-ee-ff' });
    assert.equal(config.pxeInterface, '01-aa-bb-cc-dd-ee-ff');
  });

  it('names option, source, what was expected and what came', () => {
    assert.throws(
      () => load({ files: [file('listen_port = http')] }),
      invalid(/listen_port: expected a port, 0 to 65535, got "http" \(\/etc\/ironhand\/ironhand\.conf:2\)/),
    );
    assert.throws(
      () => load({ kernelCommandLine: 'ipa-tls-min-version=1.1' }),
      invalid(/tls_min_version: expected one of 1\.2, 1\.3, got "1\.1" \(kernel parameter ipa-tls-min-version\)/),
    );
    assert.throws(() => load({ env: { IRONHAND_API_URL: 'ftp://a' } }), invalid(/api_url: .*IRONHAND_API_URL/));
    assert.throws(() => load({ argv: { devices: 'sda' } }), invalid(/devices: .*flag --devices/));
    assert.throws(() => load({ argv: { lookupTimeoutSeconds: 1.5 } }), invalid(/lookup_timeout: .*whole number/));
  });

  it('never shows the value of a secret', () => {
    const shown = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return `${(error as Error).message}${(error as Error).stack}${String((error as Error).cause)}`;
      }
      return assert.fail('expected an error');
    };
    const text = shown(() => load({ argv: { agentToken: { sesame: 'sesame' } } }));
    assert.match(text, /agent_token: expected a text, got something else/);
    assert.doesNotMatch(text, /sesame/);
  });

  it('warns of unknown options in files and in the environment', () => {
    const { warnings } = load({
      argv: { standalone: true, agentToken: 'x' },
      env: { IRONHAND_LISTEN_PROT: '1', IRONHAND_CONFIG: '/x', HOME: '/root' },
      files: [{ path: '/x.conf', text: '[mdns]\nuse_dns = true\n[DEFAULT]\nlog_file = /x' }],
    });
    assert.deepEqual(warnings, [
      'environment variable IRONHAND_LISTEN_PROT: unknown option',
      '/x.conf:2: unknown option use_dns in section [mdns]',
      '/x.conf:4: unknown option log_file in section [DEFAULT]',
    ]);
  });

  it('refuses unknown flags', () => {
    assert.throws(() => load({ argv: { listenProt: 1 } }), invalid(/unknown flag "listenProt"/));
    assert.throws(() => load({ argv: { constructor: 1 } }), invalid(/unknown flag "constructor"/));
  });

  it('names file and line of a syntax error', () => {
    assert.throws(() => load({ files: [{ path: '/x.conf', text: '[DEFAULT]\nnonsense' }] }), invalid(/\/x\.conf:2: /));
  });

  it('wants certificate and key together', () => {
    assert.throws(() => load({ argv: { certFile: '/c.pem' } }), invalid(/certfile: expected keyfile with it/));
    assert.throws(() => load({ argv: { tlsKeyFile: '/k.pem' } }), invalid(/tls_key_file: expected tls_cert_file/));
    assert.throws(() => load({ argv: { listenTls: true } }), invalid(/listen_tls: expected tls_cert_file/));
  });

  it('warns when no command could ever work', () => {
    assert.match(load().warnings.join(), /neither api_url nor standalone/);
    assert.match(load({ argv: { standalone: true } }).warnings.join(), /standalone without agent_token/);
  });
});

describe('the switch that opens the safety latch', () => {
  it('opens in a ramdisk by the environment', () => {
    const { config, sources } = load({ env: { IRONHAND_RAMDISK: '1' }, machine: ramdisk });
    assert.equal(config.insideRamdisk, true);
    assert.equal(sources.insideRamdisk, 'environment variable IRONHAND_RAMDISK');
  });

  it('is refused where the root file system is on a disk', () => {
    assert.throws(() => load({ env: { IRONHAND_RAMDISK: '1' } }), invalid(/root file system in memory/));
  });

  it('may say no on a laptop', () => {
    assert.equal(load({ env: { IRONHAND_RAMDISK: '0' } }).config.insideRamdisk, false);
  });

  for (const [where, input] of [
    ['a file', { files: [file('ramdisk = true')] }],
    ['a file that says no', { files: [file('ramdisk = false')] }],
    ['a flag', { argv: { insideRamdisk: true } }],
  ] as const) {
    it(`is refused from ${where}, even in a ramdisk`, () => {
      assert.throws(() => load({ ...input, machine: ramdisk }), invalid(/ramdisk: expected only as IRONHAND_RAMDISK/));
    });
  }

  it('does not listen to the kernel command line', () => {
    const kernelCommandLine = 'ipa-ramdisk=1 ramdisk=1 IRONHAND_RAMDISK=1 ironhand-ramdisk=1 insideRamdisk=1';
    assert.equal(load({ kernelCommandLine, machine: ramdisk }).config.insideRamdisk, false);
  });

  it('does not listen to another section of a file', () => {
    const files = [{ path: '/x.conf', text: '[machine]\nramdisk = true\ninside_ramdisk = true' }];
    assert.equal(load({ files, machine: ramdisk }).config.insideRamdisk, false);
  });
});
