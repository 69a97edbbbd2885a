import path from 'node:path';
import { build } from 'esbuild';
import { appDir } from '../cli/bundle.ts';

/** CommonJS packages inside an ES module still ask for these. */
const commonJsNames = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/** What an agent started from sources or `dist/` needs as a bundle: its long-lived processes and their threads. */
export const processEntries = {
  api: 'api/main.ts',
  worker: 'workers/main.ts',
  'hash-thread-main': 'src/image/stream/hash-thread-main.ts',
  'decompress-thread-main': 'src/image/compression/decompress-thread-main.ts',
  'cluster-thread-main': 'src/image/qcow2/cluster-thread-main.ts',
} as const;

/** One file for each entry, and in the answer the source files that went into them, as paths from the root of the project. */
export async function bundleAgent(
  entryPoints: Readonly<Record<string, string>>,
  folder: string,
): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: appDir,
    entryPoints: { ...entryPoints },
    outdir: path.resolve(folder),
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
    metafile: true,
  });
  return Object.keys(metafile.inputs).sort();
}
