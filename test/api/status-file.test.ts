import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { StatusFile } from '../../api/status-file.ts';
import { readStatus } from '../../src/status-screen/read-status.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'ironhand-status-'));
after(() => rmSync(directory, { recursive: true }));

const state = { status: path.join(directory, 'status.json') };
const command = { id: 'a', name: 'x', label: 'write_image', mode: 'async', queue: 'image', sequence: 1 } as const;
const progress = { phase: 'write', done: 41, total: 100, unit: 'bytes', rate: 1, eta: 90 } as const;

it('tells the status screen what runs, in a form that it takes', () => {
  const file = new StatusFile(state, { all: [], answer: null });
  file.tell({ commands: () => [{ command, outcome: { kind: 'running', progress } }] });
  file.stop();
  const told = readStatus(state.status)?.command;
  assert.equal(told?.state, 'running');
  assert.equal(told?.fraction, 0.41);
  assert.match(told?.text ?? '', /^write_image 41 %/);
});

it('writes nothing where nothing has changed', () => {
  const file = new StatusFile(state, { all: [], answer: null });
  file.write();
  const { ino } = statSync(state.status);
  file.stop();
  assert.equal(statSync(state.status).ino, ino);
});
