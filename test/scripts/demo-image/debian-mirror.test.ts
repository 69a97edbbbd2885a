import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { correctedSourceLines, sourceLine } from '../../../scripts/demo-image/debian-mirror.ts';

function target(fields: Readonly<Record<string, string>>): string {
  const all = { MetaKey: 'main/binary-amd64/Packages', Release: 'bookworm', Component: 'main', ...fields };
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

suite('mirror of the demo image', () => {
  test('is the one that the machine uses for the same release', () => {
    const text = [
      target({ 'Repo-URI': 'http://mirror.example/security/', Release: 'bookworm-security' }),
      target({ 'Repo-URI': 'http://mirror.example/contrib/', Component: 'contrib' }),
      target({ 'Repo-URI': 'http://mirror.example/debian/' }),
    ].join('\n\n');
    assert.equal(sourceLine(text), 'deb http://mirror.example/debian/ bookworm main');
  });

  test('keeps the key that the machine trusts it with', () => {
    const text = target({ 'Repo-URI': 'https://mirror.example/debian/', 'Signed-By': '/usr/share/keyrings/own.gpg' });
    assert.equal(
      sourceLine(text),
      'deb [signed-by=/usr/share/keyrings/own.gpg] https://mirror.example/debian/ bookworm main',
    );
  });

  test('is the usual one where the machine has none', () => {
    assert.equal(sourceLine(''), 'deb http://deb.debian.org/debian bookworm main');
    assert.equal(sourceLine(target({ 'Repo-URI': 'http://x/', Release: 'trixie' })), sourceLine(''));
  });
});

suite('lines for the release with its corrections', () => {
  test('take the mirror that the machine has for each part, and the usual one where it has none', () => {
    const target = (release: string, mirror: string): string =>
      `Release: ${release}\nComponent: main\nRepo-URI: ${mirror}\n`;
    const known = `${target('bookworm', 'http://a/debian/')}\n${target('bookworm-security', 'http://b/security/')}`;
    assert.deepEqual(correctedSourceLines(known, ['non-free-firmware']), [
      'deb http://a/debian/ bookworm main non-free-firmware',
      'deb http://deb.debian.org/debian bookworm-updates main non-free-firmware',
      'deb http://b/security/ bookworm-security main non-free-firmware',
    ]);
  });
});
