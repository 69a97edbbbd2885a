import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderRamdiskSizes } from '../../../scripts/docs/ramdisk-sizes-page.ts';

test('the page of sizes has a row for each ramdisk, and its parts in MB', () => {
  const sizes = {
    'small x86_64': {
      compression: 'zstd-19',
      kernelBytes: 8_247_232,
      initramfsBytes: 75_585_577,
      unpackedBytes: 303_485_122,
      segments: [{ name: 'node', bytes: 108_512_048, files: 18, packedBytes: 30_130_760 }],
      largest: [{ name: 'coreutils', bytes: 7_100_000 }],
    },
  };
  const page = renderRamdiskSizes(sizes, {});
  assert.match(page, /^\| small x86_64 \| zstd-19 \| 8\.2 \| 75\.6 \| 83\.8 \| 303\.5 \|$/m);
  assert.match(page, /^\| node \| 108\.5 \| 30\.1 \|$/m);
  assert.match(page, /^\| `coreutils` \| 7\.1 \|$/m);
});

test('the page of boot times has median and range of each ramdisk', () => {
  const page = renderRamdiskSizes(
    {},
    {
      'small x86_64': {
        rounds: 3,
        heartbeatSeconds: { median: 22.5, min: 21, max: 24.04 },
        firstCommandSeconds: { median: 25, min: 24.5, max: 26 },
        bareNodeSeconds: { median: 7.5, min: 7, max: 8 },
        ratio: { median: 3, min: 2.9, max: 3.125 },
      },
    },
  );
  assert.match(
    page,
    /^\| small x86_64 \| 3 \| 22\.5 \[21\.0-24\.0\] \| 25\.0 \[24\.5-26\.0\] \| 7\.5 \[7\.0-8\.0\] \| 3\.00 \[2\.90-3\.13\] \|$/m,
  );
});
