import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { appDir, bundleDir, bundleStamp, sourceStamp } from './cli/bundle.ts';

/** CommonJS packages inside an ES module still ask for these. */
const commonJsNames = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/**
 * `npm run build`: one file for each process in dist/, which starts in half the time and takes less memory than the sources. The
 * launcher uses it while it is of exactly these sources. Two builds at once do not disturb each other.
 */
const stamp = sourceStamp();
const unfinished = mkdtempSync(`${bundleDir}-`);
try {
  await build({
    absWorkingDir: appDir,
    entryPoints: {
      api: 'api/main.ts',
      worker: 'workers/main.ts',
      'hash-thread-main': 'src/image/stream/hash-thread-main.ts',
      'decompress-thread-main': 'src/image/compression/decompress-thread-main.ts',
      'cluster-thread-main': 'src/image/qcow2/cluster-thread-main.ts',
    },
    outdir: unfinished,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    banner: { js: commonJsNames },
    logLevel: 'warning',
  });
  writeFileSync(path.join(unfinished, path.basename(bundleStamp)), stamp);
  rmSync(bundleDir, { recursive: true, force: true });
  renameSync(unfinished, bundleDir);
} finally {
  rmSync(unfinished, { recursive: true, force: true });
}
process.stdout.write(`built ${path.relative(process.cwd(), bundleDir)}\n`);
