import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { drawScreen } from '../../../src/status-screen/draw-screen.ts';
import type { MachineView } from '../../../src/status-screen/machine-view.ts';
import { fullScreen, plainLines } from '../../../src/status-screen/screen-writer.ts';
import { running, seen, view } from './views.ts';

const text = fc.string({ unit: 'binary', maxLength: 300 });
const event = fc.record({ at: text, text, isBad: fc.boolean() });
const anyView: fc.Arbitrary<MachineView> = fc.record({
  at: fc.constant('2026-11-23T12:00:59.000Z'),
  version: text,
  machine: text,
  ports: fc.array(fc.record({ name: text, mac: text, hasLink: fc.boolean(), addresses: fc.array(text) })),
  status: fc.record({
    pid: fc.constant(1),
    url: text,
    ironic: fc.array(text),
    node: fc.record({ uuid: text, name: fc.option(text) }),
    answer: fc.option(event),
    command: fc.option(
      fc.record({
        state: fc.constantFrom('running', 'done', 'failed'),
        text,
        fraction: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        devices: fc.array(text),
        error: fc.option(text),
      }),
    ),
    missing: fc.array(text),
    events: fc.array(event),
    ended: fc.constant(null),
  }),
  isApiAlive: fc.boolean(),
  prepareError: fc.option(text),
  down: fc.array(text),
});

it('is never wider than the columns nor longer than the rows, and holds nothing but printable ASCII', () => {
  const sizes = fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 0, max: 60 }) });
  fc.assert(
    fc.property(anyView, sizes, (any, size) => {
      const lines = drawScreen(any, size);
      assert.ok(lines.length <= size.rows);
      for (const line of lines) {
        assert.ok(line.length <= size.columns);
        assert.match(line, /^[\x20-\x7e]*$/);
      }
    }),
  );
});

it('writes no control characters but line feeds where the console is recorded', () => {
  fc.assert(
    fc.property(anyView, (any) => {
      assert.match(plainLines({ columns: 80, rows: 24 })(any), /^[\x20-\x7e\n]*$/);
    }),
  );
});

it('shows a running step on 80 columns and 24 rows', () => {
  assert.deepEqual(drawScreen(view(running), { columns: 80, rows: 24 }), [
    'Ironhand 1.2.3, 2026-11-23 12:00:59 UTC',
    'Machine  Example Server, serial 42',
    'Node     5c1f (rack1-u4)',
    'Agent    https://192.0.2.10:9999',
    'Ironic   http://192.0.2.1:6385',
    '         12:00:01 heartbeat accepted',
    '',
    'State    RUNNING',
    '         erase_devices: 1 of 2 disks done, about 2 h left',
    '         [########################........................]',
    '         /dev/sda clean',
    '         /dev/sdb pass 1 of 1: 41 %',
    '',
    'eth0     52:54:00:00:00:01 link up 192.0.2.10',
    'eth1     52:54:00:00:00:02 no link no address',
    '',
    '12:00:00 node found',
    '12:00:01 heartbeat accepted',
  ]);
});

it('keeps a port and an event in sight where there are many', () => {
  const [port] = view().ports;
  assert.ok(port);
  const ports = Array.from({ length: 20 }, (_, index) => ({ ...port, name: `eth${index}` }));
  const lines = drawScreen({ ...view(running), ports }, { columns: 80, rows: 24 });
  assert.ok(lines.length <= 24);
  assert.match(lines.join('\n'), /eth0 .*and 1\d more.*heartbeat accepted$/s);
});

it('draws the whole screen only when something has changed', () => {
  const draw = fullScreen(() => ({ columns: 80, rows: 25 }));
  const drawn = draw(view(running));
  assert.ok(drawn.startsWith('\x1b[H') && drawn.endsWith('\x1b[J') && drawn.includes('RUNNING'));
  assert.equal(draw(view(running)), '');
});

it('writes a block when the state changes, then at most a line each 30 s', () => {
  const write = plainLines({ columns: 80, rows: 24 });
  assert.match(write(view()), /State {4}READY/);
  assert.match(write(view(running)), /State {4}RUNNING/);
  const further = { ...running, command: { ...seen(running.command), text: 'erase_devices: 60 %' } };
  assert.equal(write({ ...view(further), at: '2026-11-23T12:01:10.000Z' }), '');
  const later = { ...view(further), at: '2026-11-23T12:01:30.000Z' };
  assert.equal(write(later), '12:01:30 RUNNING: erase_devices: 60 %\n');
  assert.equal(write(later), '');
});
