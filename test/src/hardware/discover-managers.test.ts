import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { discoverManagers } from '../../../src/hardware/discover-managers.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('the discovery of hardware managers', () => {
  let dir: ReturnType<typeof temporaryDirectory>;
  let packages: string;
  let dropIns: string;
  beforeEach(() => {
    dir = temporaryDirectory();
    packages = path.join(dir.path, 'node_modules');
    dropIns = path.join(dir.path, 'drop-ins');
    mkdirSync(packages);
    mkdirSync(dropIns);
  });
  afterEach(() => dir[Symbol.dispose]());

  const install = (name: string, manifest: unknown): string => {
    const folder = path.join(packages, name);
    mkdirSync(folder, { recursive: true });
    const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    writeFileSync(path.join(folder, 'package.json'), text);
    return folder;
  };
  const discover = () => discoverManagers([packages], dropIns);

  it('finds packages that say so, scoped ones and linked ones too, in the order of their names', () => {
    const ironhand = { hardwareManager: './manager.js', contract: 1 };
    install('b', { name: 'b', ironhand });
    install('@vendor/a', { name: '@vendor/a', ironhand: { hardwareManager: 'lib/../deep/m.js', contract: 1 } });
    install('left-pad', { name: 'left-pad' });
    const elsewhere = path.join(dir.path, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(path.join(elsewhere, 'package.json'), JSON.stringify({ name: 'linked', ironhand }));
    symlinkSync(elsewhere, path.join(packages, 'linked'));
    assert.deepEqual(discover(), {
      found: [
        { source: '@vendor/a', module: path.join(packages, '@vendor/a/deep/m.js') },
        { source: 'b', module: path.join(packages, 'b/manager.js') },
        { source: 'linked', module: path.join(packages, 'linked/manager.js') },
      ],
      broken: [],
    });
  });

  it('leaves alone packages that merely speak of us', () => {
    install('a', { name: 'a', dependencies: { ironhand: '1.0.0' } });
    install('b', { name: 'b', ironhand: null });
    install('c', { name: 'c', ironhand: 'yes' });
    mkdirSync(path.join(packages, 'no-manifest'));
    writeFileSync(path.join(packages, '.package-lock.json'), '{}');
    assert.deepEqual(discover(), { found: [], broken: [] });
  });

  for (const [what, manifest, reason] of [
    ['a path that is none', { hardwareManager: 7, contract: 1 }, /hardwareManager: expected a path, found 7/],
    ['no path', { contract: 1 }, /hardwareManager: expected a path, found undefined/],
    ['another contract', { hardwareManager: './m.js', contract: 2 }, /contract: expected 1, found 2/],
    ['a contract in words', { hardwareManager: './m.js', contract: '1' }, /contract: expected 1, found "1"/],
    ['no contract', { hardwareManager: './m.js' }, /contract: expected 1, found undefined/],
    [
      'a path that leads out',
      { hardwareManager: '../other/m.js', contract: 1 },
      /inside the package, found \.\.\/other/,
    ],
    ['an absolute path', { hardwareManager: '/etc/m.js', contract: 1 }, /inside the package, found \/etc\/m\.js/],
    ['a path to itself', { hardwareManager: '.', contract: 1 }, /inside the package, found \./],
  ] as const) {
    it(`reports a package with ${what}, and finds the others`, () => {
      install('bad', { name: 'bad', ironhand: manifest });
      install('good', { name: 'good', ironhand: { hardwareManager: './m.js', contract: 1 } });
      const { found, broken } = discover();
      assert.deepEqual(
        found.map(({ source }) => source),
        ['good'],
      );
      assert.equal(broken.length, 1);
      assert.equal(broken[0]?.source, path.join(packages, 'bad'));
      assert.match(broken[0]?.reason ?? '', reason);
    });
  }

  it('reports a package.json that is no JSON', () => {
    install('bad', '{"ironhand": ');
    assert.match(discover().broken[0]?.reason ?? '', /JSON/);
  });

  it('finds scripts in the drop-in directory, and neither hidden files nor declarations', () => {
    for (const name of [
      'z.js',
      'a.mjs',
      'm.ts',
      '.z.js.swp',
      '.hidden.js',
      'types.d.ts',
      'README.md',
      'x.json',
      'y.cjs',
    ]) {
      writeFileSync(path.join(dropIns, name), '');
    }
    assert.deepEqual(
      discover().found.map(({ source }) => path.basename(source)),
      ['a.mjs', 'm.ts', 'z.js'],
    );
  });

  it('finds packages in the drop-in directory, which other files may come with', () => {
    const folder = path.join(dropIns, 'vendor');
    mkdirSync(folder);
    for (const name of ['manager.js', 'helper.js']) writeFileSync(path.join(folder, name), '');
    assert.deepEqual(discover(), { found: [], broken: [] });
    const ironhand = { hardwareManager: './manager.js', contract: 1 };
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'vendor', ironhand }));
    assert.deepEqual(discover(), {
      found: [{ source: 'vendor', module: path.join(folder, 'manager.js') }],
      broken: [],
    });
  });

  it('finds nothing where there are no directories', () => {
    const nowhere = path.join(dir.path, 'nowhere');
    assert.deepEqual(discoverManagers([nowhere], nowhere), { found: [], broken: [] });
  });

  it('runs nothing of what it finds', () => {
    const trace = path.join(dir.path, 'trace');
    const code = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(trace)}, ''); export default {};`;
    writeFileSync(path.join(dropIns, 'a.mjs'), code);
    const folder = install('p', { name: 'p', main: './m.mjs', ironhand: { hardwareManager: './m.mjs', contract: 1 } });
    writeFileSync(path.join(folder, 'm.mjs'), code);
    assert.equal(discover().found.length, 2);
    assert.equal(existsSync(trace), false);
  });
});
