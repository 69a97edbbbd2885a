import assert from 'node:assert/strict';
import { it } from 'node:test';
import { passedListeningSocket } from '../../../src/config/listening-socket.ts';

it('a listening socket is taken from whoever started this process, and from nobody else', () => {
  assert.equal(passedListeningSocket({ LISTEN_PID: '7', LISTEN_FDS: '1' }, 7), 3);
  assert.equal(passedListeningSocket({}, 7), null);
  assert.equal(passedListeningSocket({ LISTEN_FDS: '1' }, 7), null);
  assert.equal(passedListeningSocket({ LISTEN_PID: '8', LISTEN_FDS: '1' }, 7), null);
});

it('several sockets, or none, are refused', () => {
  for (const count of ['0', '2', 'x']) {
    assert.throws(
      () => passedListeningSocket({ LISTEN_PID: '7', LISTEN_FDS: count }, 7),
      /LISTEN_FDS: expected 1 socket/,
    );
  }
  assert.throws(() => passedListeningSocket({ LISTEN_PID: '7' }, 7), /expected 1 socket, got none/);
});
