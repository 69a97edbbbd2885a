import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { appDir } from '../cli/bundle.ts';
import { builtinPrefix, requireBuiltinModules } from './builtin-modules.ts';
import { leaveOutPostgres } from './left-out.ts';

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
  const { metafile, outputFiles } = await build({
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
    plugins: [requireBuiltinModules, leaveOutPostgres],
    metafile: true,
    write: false,
  });
  await mkdir(folder, { recursive: true });
  for (const { path: file, text } of outputFiles) await writeFile(file, asciiText(text));
  const isFile = (input: string): boolean => !input.startsWith(builtinPrefix);
  return Object.keys(metafile.inputs).filter(isFile).sort();
}

/**
 * JavaScript of the same meaning. V8 keeps a source with a single other character in twice the memory, and is slower to read it; esbuild
 * leaves them in regular expressions and templates. In a template of `String.raw` it would not be the same.
 */
function asciiText(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
