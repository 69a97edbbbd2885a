import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configFilesIn, isConfigPath, parametersIn } from '../../../../src/boot/virtual-media/media-files.ts';
import type { DriveDirectory, DriveNode } from '../../../../src/image/config-drive/drive-tree.ts';

const file = (bytes: string | Uint8Array): DriveNode => ({ kind: 'file', bytes: Buffer.from(bytes) });
const directory = (entries: Readonly<Record<string, DriveNode>>): DriveDirectory => ({
  kind: 'directory',
  entries: new Map(Object.entries(entries)),
});
const withConfig = (entries: Readonly<Record<string, DriveNode>>) =>
  directory({ ETC: directory({ 'ironic-python-agent.d': directory(entries) }) });

describe('the files of virtual media', () => {
  it('are those of the four directories of configuration, by name, and nothing below them', () => {
    const tree = directory({
      etc: directory({
        'ironic-python-agent.d': directory({
          'b.conf': file('b'),
          'a.conf': file('a'),
          deeper: directory({ 'c.conf': file('c') }),
        }),
        'ironic-python-agent': directory({ 'ironic.crt': file('PEM') }),
        'ironhand.d': directory({ 'z.conf': file('z') }),
        passwd: file('root'),
      }),
      'ironic-python-agent.d': directory({ 'x.conf': file('x') }),
    });
    assert.deepEqual(
      configFilesIn(tree).map(({ path, bytes }) => [path, String(bytes)]),
      [
        ['/etc/ironic-python-agent/ironic.crt', 'PEM'],
        ['/etc/ironic-python-agent.d/a.conf', 'a'],
        ['/etc/ironic-python-agent.d/b.conf', 'b'],
        ['/etc/ironhand.d/z.conf', 'z'],
      ],
    );
    assert.deepEqual(configFilesIn(directory({ etc: file('no directory') })), []);
  });

  it('are the only ones that are read of a boot ISO', () => {
    for (const wanted of [
      'etc',
      'ETC',
      'etc/ironic-python-agent',
      'etc/ironhand.d/z.conf',
      'etc/ironic-python-agent.d/a.conf',
    ]) {
      assert.ok(isConfigPath(wanted), wanted);
    }
    for (const other of [
      'boot',
      'vmlinuz',
      'etc/passwd',
      'et',
      'etc/ironic',
      'etc/ironhand.d/deeper/z.conf',
      'x/etc',
    ]) {
      assert.ok(!isConfigPath(other), other);
    }
  });

  it('are refused when they are more, or larger, than a configuration is', () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`${index}.conf`, file('')]));
    assert.throws(() => configFilesIn(withConfig(many)), /expected at most 100 configuration files, got 101/);
    const large = { 'a.conf': file(new Uint8Array(1024 ** 2 + 1)) };
    assert.throws(() => configFilesIn(withConfig(large)), /a\.conf: expected at most 1048576 bytes, got 1048577/);
  });

  it('with parameters are one text, in capitals too', () => {
    assert.equal(parametersIn(directory({ 'PARAMETERS.TXT': file('a=1\nb=2') })), 'a=1\nb=2');
    assert.equal(parametersIn(directory({ 'parameters.txt': directory({}) })), null);
    assert.throws(
      () => parametersIn(directory({ 'parameters.txt': file(Buffer.from([0xff])) })),
      /expected a text in UTF-8/,
    );
    assert.throws(
      () => parametersIn(directory({ 'parameters.txt': file(new Uint8Array(65_537)) })),
      /at most 65536 bytes/,
    );
  });
});
