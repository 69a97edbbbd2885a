import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeQuery, parseAnswer } from '../../../../src/ironic/mdns/dns-message.ts';
import { DnsFormatError, encodeName, readName } from '../../../../src/ironic/mdns/dns-name.ts';
import { capturedAnswer } from '../../../support/mdns-responder.ts';

const instance = 'baremetal._openstack._tcp.local.';
const ironic = capturedAnswer('ironic');

/** Numbers that look random and are the same in every run. */
function* numbers(seed: number) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield state >>> 8;
  }
}

describe('an answer of multicast DNS', () => {
  it('of a real responder gives service, text and addresses', () => {
    const [text, service, six, four] = parseAnswer(ironic);
    assert.equal(text?.type, 'TXT');
    assert.deepEqual(text?.type === 'TXT' && text.texts.map(String), [
      'path=/baremetal',
      'protocol=http',
      'ipa_ntp_server=192.0.2.9',
      'ipa_debug=1',
    ]);
    assert.deepEqual(service, { name: instance, type: 'SRV', target: instance, port: 6385, priority: 0 });
    assert.deepEqual(six, { name: instance, type: 'AAAA', address: '2001:db8::1' });
    assert.deepEqual(four, { name: instance, type: 'A', address: '192.0.2.1' });
  });

  it('is refused when it is a question, an error, too short or too long', () => {
    const withFlags = (flags: number) => {
      const changed = Buffer.from(ironic);
      changed.writeUInt16BE(flags, 2);
      return changed;
    };
    for (const bad of [withFlags(0), withFlags(0x8003), withFlags(0x9400), Buffer.alloc(5), Buffer.alloc(9001, 0x84)]) {
      assert.throws(() => parseAnswer(bad), DnsFormatError);
    }
  });

  it('is refused wherever it is cut off', () => {
    for (let length = 0; length < ironic.length; length += 1) {
      assert.throws(() => parseAnswer(ironic.subarray(0, length)), DnsFormatError, `${length}`);
    }
  });

  it('does no more than be refused, whatever bytes are changed', () => {
    const random = numbers(7);
    const next = (below: number) => (random.next().value as number) % below;
    for (let round = 0; round < 20_000; round += 1) {
      const changed = Buffer.from(ironic);
      for (let change = 0; change <= round % 6; change += 1) changed[next(changed.length)] = next(256);
      try {
        parseAnswer(changed);
      } catch (error) {
        assert.ok(error instanceof DnsFormatError, String(error));
      }
    }
  });
});

describe('a name of DNS', () => {
  it('is read as it was written', () => {
    assert.deepEqual(readName(encodeName(instance), 0), { name: instance, end: 33 });
    assert.equal(readName(encodeName('BareMetal.LOCAL'), 0).name, 'baremetal.local.');
  });

  it('cannot point to itself, to each other or forward', () => {
    for (const bytes of [
      [0xc0, 0],
      [0xc0, 2, 0xc0, 0],
      [1, 97, 0xc0, 0],
    ]) {
      assert.throws(() => readName(Buffer.from(bytes), bytes.length - 2), /points forward|too long/);
    }
    assert.throws(() => readName(Buffer.from([0xc0, 2, 0]), 0), /points forward/);
  });

  it('cannot be made longer than 255 bytes', () => {
    const label = Buffer.concat([Buffer.from([63]), Buffer.alloc(63, 97)]);
    assert.throws(() => readName(Buffer.concat([label, label, label, label, Buffer.alloc(1)]), 0), /too long/);
    assert.throws(() => encodeName('a'.repeat(64)), /label is too long/);
  });

  it('keeps a dot inside a label apart from one between labels', () => {
    assert.equal(readName(Buffer.from([3, 97, 46, 98, 0]), 0).name, 'a\\.b.');
  });
});

describe('a question of multicast DNS', () => {
  it('is that of a resolver which asks for service and text', () => {
    const query = encodeQuery(0x1234, [
      { name: instance, type: 'SRV' },
      { name: instance, type: 'TXT' },
    ]);
    // The real responder repeats the questions in its answer, with names compressed.
    assert.equal(query.subarray(12, 12 + 33 + 4).toString('hex'), ironic.subarray(12, 12 + 33 + 4).toString('hex'));
    assert.deepEqual([...query.subarray(0, 12)], [0x12, 0x34, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0]);
  });
});
