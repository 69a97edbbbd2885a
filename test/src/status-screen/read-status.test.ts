import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { readStatus } from '../../../src/status-screen/read-status.ts';
import { running } from './views.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'ironhand-status-'));
after(() => rmSync(directory, { recursive: true }));

const file = path.join(directory, 'status.json');

it('reads what the api wrote', () => {
  writeFileSync(file, JSON.stringify(running));
  assert.deepEqual(readStatus(file), running);
});

for (const [what, text] of [
  ['nothing', ''],
  ['no JSON', '{'],
  ['another shape', '{"pid": 1}'],
  ['a bar that is longer than all', JSON.stringify({ ...running, command: { ...running.command, fraction: 1e9 } })],
  ['a number for an event', JSON.stringify({ ...running, events: [1] })],
] as const) {
  it(`counts ${what} for nothing`, () => {
    writeFileSync(file, text);
    assert.equal(readStatus(file), null);
  });
}

it('follows no link', () => {
  const link = path.join(directory, 'link.json');
  writeFileSync(file, JSON.stringify(running));
  symlinkSync(file, link);
  assert.equal(readStatus(link), null);
});
