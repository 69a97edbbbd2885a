import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';

const journald = '/lib/systemd/systemd-journald';
const isThere = existsSync(journald) && existsSync('/etc/machine-id');

/** Starts a journald that no other process sees, and the program in its arguments; all of it ends with that. */
const withJournal = `
mount -t tmpfs none /run
mkdir -p /run/systemd/journal "/run/log/journal/$(cat /etc/machine-id)"
${journald} 2>/dev/null &
while [ ! -S /run/systemd/journal/stdout ]; do sleep 0.05; done
"$@"
`;

it('takes the journal of a real journald in the order of time, entries of several lines whole, and secrets masked', {
  skip: isThere ? false : `no ${journald} or no machine id`,
}, () => {
  const isolated = ['--mount', '--pid', '--fork', '--mount-proc', '--propagation', 'private'];
  const child = [process.execPath, path.join(import.meta.dirname, '../support/journal-child.ts')];
  const journal = execFileSync('unshare', [...isolated, 'sh', '-c', withJournal, 'sh', ...child], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  // What the kernel says meanwhile stands between them.
  const own = [...journal.matchAll(/ lab\[\d+\]: (.*)\n {4} *(.*)\n/g)].map(([, first, second]) => [first, second]);
  assert.deepEqual(
    own,
    [1, 2, 3].map((number) => [`entry ${number}`, 'password=***']),
  );
});
