import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { type DiscoverySettings, discover } from '../../../../src/ironic/mdns/discover.ts';
import { capturedAnswer, type MdnsResponder, startMdnsResponder } from '../../../support/mdns-responder.ts';
import { silentLog } from '../silent-log.ts';

const settings: DiscoverySettings = {
  apiUrls: ['mdns'],
  inspectionCallbackUrls: [],
  mdnsAllowedOverrides: ['inspection_callback_url', 'ntp_server'],
  mdnsInterfaces: ['127.0.0.1'],
  mdnsLookupAttempts: 3,
  standalone: false,
  useMdns: false,
};

const responders: MdnsResponder[] = [];
after(() => {
  for (const responder of responders) responder.close();
});

async function responder(...args: Parameters<typeof startMdnsResponder>): Promise<MdnsResponder> {
  const started = await startMdnsResponder(...args);
  responders.push(started);
  return started;
}

const search = (port: number) => ({ port, secondsPerAttempt: 0.3 });
const answer = (query: Buffer) => [capturedAnswer(query.includes('baremetal-introspection') ? 'inspector' : 'ironic')];

describe('discovery by multicast DNS', () => {
  it('finds Ironic and the options that it may set', async () => {
    const { port, queries } = await responder(answer);
    assert.deepEqual(await discover(settings, silentLog, search(port)), [
      { name: 'api_url', value: 'http://192.0.2.1:6385/baremetal' },
      { name: 'ntp_server', value: '192.0.2.9' },
    ]);
    assert.equal(queries.length, 1);
  });

  it('tells which option the answer may not set', async () => {
    const { port } = await responder(answer);
    const warned: unknown[] = [];
    const log = { ...silentLog, warn: (fields: object) => void warned.push(fields) };
    await discover({ ...settings, mdnsAllowedOverrides: ['debug'] }, log, search(port));
    assert.deepEqual(warned, [{ name: 'ntp_server' }]);
  });

  it('finds the inspector where its address is left to the network', async () => {
    const { port } = await responder(answer);
    const asked = { ...settings, apiUrls: ['http://192.0.2.1'], inspectionCallbackUrls: ['mdns'] };
    assert.deepEqual(await discover(asked, silentLog, search(port)), [
      { name: 'inspection_callback_url', value: 'https://inspector.example.com:5050/x/v1/continue' },
    ]);
  });

  it('asks for nothing where addresses are given, and nothing for an agent without Ironic', async () => {
    const { port, queries } = await responder(answer);
    const given = { ...settings, apiUrls: ['http://192.0.2.1'], useMdns: true };
    assert.deepEqual(await discover(given, silentLog, search(port)), []);
    assert.deepEqual(await discover({ ...settings, standalone: true }, silentLog, search(port)), []);
    assert.equal(queries.length, 0);
  });

  it('asks where use_mdns is set and no address is given', async () => {
    const { port } = await responder(answer);
    const [first] = await discover({ ...settings, apiUrls: [], useMdns: true }, silentLog, search(port));
    assert.equal(first?.name, 'api_url');
  });

  it('asks again, a few times, and passes over what is no answer', async () => {
    const noise = [Buffer.alloc(1), Buffer.from('not dns at all'), capturedAnswer('inspector')];
    const { port, queries } = await responder((query, count) => (count < 3 ? noise : [...noise, ...answer(query)]));
    assert.equal((await discover(settings, silentLog, search(port))).length, 2);
    assert.equal(queries.length, 3);
  });

  for (const lie of ['number', 'port'] as const) {
    it(`believes no answer that has another ${lie} than one to its question has`, async () => {
      const { port, queries } = await responder(answer, { lie });
      await assert.rejects(discover({ ...settings, mdnsLookupAttempts: 1 }, silentLog, search(port)), /no answer/);
      assert.equal(queries.length, 1);
    });
  }

  it('says how often and where it asked when nobody answers', async () => {
    const { port, queries } = await responder(() => []);
    await assert.rejects(discover(settings, silentLog, search(port)), {
      name: 'ConfigurationError',
      message:
        /api_url: mdns: baremetal\._openstack\._tcp\.local\.: no answer .* after 3 attempts .*127\.0\.0\.1 on lo/,
    });
    assert.equal(queries.length, 3);
  });

  it('refuses an interface that is not there', async () => {
    const elsewhere = { ...settings, mdnsInterfaces: ['192.0.2.77'] };
    await assert.rejects(discover(elsewhere, silentLog), /expected addresses of this machine, got 192\.0\.2\.77/);
  });
});
