import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { finalizeRescue } from '../../../src/rescue/finalize-rescue.ts';
import { rescuedMarker, rescuePlace } from '../../../src/rescue/rescue-place.ts';
import { createJobContext } from '../../support/job-context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const hash = `$5$salt$${'a'.repeat(43)}`;
const request = { password: hash, hashed: true };
const contextWith = (rescueDir: string | null) => createJobContext({ devices: [], config: { rescueDir } });

describe('the place of a rescue', () => {
  it('is that of the ramdisk there, the named one where one is named, and none elsewhere', () => {
    assert.deepEqual(rescuePlace({ rescueDir: null, insideRamdisk: true }), {
      passwordFile: '/etc/ipa-rescue-config/ipa-rescue-password',
      marker: '/etc/.rescued',
    });
    assert.equal(rescuePlace({ rescueDir: '/x', insideRamdisk: true })?.passwordFile, '/x/ipa-rescue-password');
    assert.equal(rescuePlace({ rescueDir: '/x', insideRamdisk: false })?.marker, '/x/.rescued');
    assert.equal(rescuePlace({ rescueDir: null, insideRamdisk: false }), null);
    assert.equal(rescuedMarker({ rescueDir: null, insideRamdisk: false }), null);
  });
});

describe('finalizing a rescue', () => {
  it('writes the hash and the marker, root-only, and again when it is done again', () => {
    using directory = temporaryDirectory();
    const context = contextWith(directory.path);
    for (const password of [hash, hash.replace('salt', 'other')]) {
      finalizeRescue({ password, hashed: true }, context);
      const file = path.join(directory.path, 'ipa-rescue-password');
      assert.equal(readFileSync(file, 'utf8'), password);
      assert.equal(statSync(file).mode & 0o777, 0o600);
    }
    assert.equal(
      rescuedMarker({ rescueDir: directory.path, insideRamdisk: false }),
      path.join(directory.path, '.rescued'),
    );
    assert.deepEqual(readdirSync(directory.path).sort(), ['.rescued', 'ipa-rescue-password']);
    assert.ok(!JSON.stringify(context.entries).includes('$5$'));
  });

  it('replaces a link in its place and does not follow it', () => {
    using directory = temporaryDirectory();
    const elsewhere = path.join(directory.path, 'elsewhere');
    writeFileSync(elsewhere, 'mine');
    symlinkSync(elsewhere, path.join(directory.path, 'ipa-rescue-password'));
    finalizeRescue(request, contextWith(directory.path));
    assert.equal(readFileSync(elsewhere, 'utf8'), 'mine');
  });

  it('succeeds without a marker, and says so in the log', () => {
    using directory = temporaryDirectory();
    mkdirSync(path.join(directory.path, '.rescued', 'in-the-way'), { recursive: true });
    const context = contextWith(directory.path);
    finalizeRescue(request, context);
    assert.match(JSON.stringify(context.entries), /the marker of a rescued machine could not be written/);
  });

  it('changes nothing outside a ramdisk, where no directory is named', () => {
    assert.throws(() => finalizeRescue(request, contextWith(null)), { name: 'SafetyLatchError' });
    assert.ok(!existsSync('/etc/.rescued'));
  });

  it('changes nothing for a bad password, nor in a directory that does not exist', () => {
    using directory = temporaryDirectory();
    assert.throws(() => finalizeRescue({ password: 'clear', hashed: true }, contextWith(directory.path)));
    assert.deepEqual(readdirSync(directory.path), []);
    const missing = path.join(directory.path, 'missing');
    assert.throws(() => finalizeRescue(request, contextWith(missing)), { message: /expected a directory, found none/ });
    assert.ok(!existsSync(missing));
  });
});
