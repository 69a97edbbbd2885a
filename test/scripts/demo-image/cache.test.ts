import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import {
  type DemoImage,
  findImage,
  imageIn,
  openWorkFolder,
  publishImage,
  removeOldImages,
} from '../../../scripts/demo-image/cache.ts';

let cacheDir = '';

async function build(content: string): Promise<DemoImage> {
  const work = await openWorkFolder(cacheDir);
  await mkdir(path.dirname(imageIn(work)));
  await writeFile(imageIn(work), content);
  return publishImage(work, cacheDir, 'recipe');
}

suite('cache of the demo image', () => {
  beforeEach(async () => {
    cacheDir = await mkdtemp(path.join(tmpdir(), 'cache-'));
  });
  afterEach(() => rm(cacheDir, { recursive: true }));

  test('finds what was published, with its size and digest', async () => {
    assert.equal(await findImage(cacheDir, 'recipe'), null);
    const image = await build('abc');
    assert.equal(image.sizeBytes, 3);
    assert.equal(image.sha256, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.deepEqual(await findImage(cacheDir, 'recipe'), image);
    assert.equal(await findImage(cacheDir, 'other'), null);
  });

  test('gives both of two builders the image of the one who was first', async () => {
    const first = await build('first');
    assert.deepEqual(await build('second'), first);
  });

  test('removes the work folders of builds that were killed, and no others', async () => {
    const dead = path.join(cacheDir, 'demo-image.work-4194305-abc'); // above the largest pid of Linux, 2^22
    await mkdir(dead);
    const mine = await openWorkFolder(cacheDir);
    const another = await openWorkFolder(cacheDir);
    assert.deepEqual((await readdir(cacheDir)).sort(), [mine, another].map((each) => path.basename(each)).sort());
  });

  test('drops images of other recipes', async () => {
    await build('abc');
    await removeOldImages(cacheDir, 'new recipe');
    assert.equal(existsSync(path.join(cacheDir, 'demo-image-recipe')), false);
  });
});
