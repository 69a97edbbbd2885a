import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

/** How a bench makes a program of ours: as the build does, but legible. */
export const benchBundle = {
  absWorkingDir: join(import.meta.dirname, '../..'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  keepNames: true,
  banner: {
    js: "import { createRequire as require_ } from 'node:module'; const require = require_(import.meta.url);",
  },
  logLevel: 'warning',
} as const satisfies BuildOptions;
