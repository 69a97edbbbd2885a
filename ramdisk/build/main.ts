/** `npm run ramdisk`: kernel and initramfs of the deploy ramdisk, made of Debian packages; see docs/ramdisk.md. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { appDir } from '../../scripts/cli/bundle.ts';
import { buildRamdisk } from './build-ramdisk.ts';

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: 'standard' },
    arch: { type: 'string', default: 'x86_64' },
    compression: { type: 'string', default: 'zstd-19' },
    out: { type: 'string' },
    fast: { type: 'boolean', default: false },
  },
});
await buildRamdisk({
  compression: values.fast ? 'zstd-1' : values.compression,
  out: path.resolve(values.out ?? path.join(appDir, `out/ramdisk/${values.profile}-${values.arch}`)),
  cacheDir: path.join(appDir, '.cache'),
});
