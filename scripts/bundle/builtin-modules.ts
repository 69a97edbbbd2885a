import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

const namespace = 'builtin';

/** Of what esbuild calls an input though it is no file. */
export const builtinPrefix = `${namespace}:`;

/**
 * Takes Node's own modules by `require`. To import one, Node reads everything that it exports, and some of that loads large parts of Node
 * when it is read: `WebSocket` of node:http all of undici.
 */
export const requireBuiltinModules: Plugin = {
  name: 'require-builtin-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(node:)?(${builtinModules.join('|')})$`) }, ({ path, kind }) =>
      kind === 'import-statement' ? { path: path.replace(/^(node:)?/, 'node:'), namespace } : { external: true },
    );
    onLoad({ filter: /./, namespace }, ({ path }) => ({ contents: moduleText(path) }));
  },
};

/** Each export is read by itself, and only in a bundle that uses it: esbuild leaves out pure calls of which nobody wants the result. */
function moduleText(name: string): string {
  const exported = Object.keys(process.getBuiltinModule(name) ?? {}).filter((key) => key !== 'default');
  const named = exported.map(
    (key) => `const _${key} = /* @__PURE__ */ (() => builtin.${key})();\nexport { _${key} as ${key} };`,
  );
  return [`const builtin = require(${JSON.stringify(name)});`, 'export default builtin;', ...named].join('\n');
}
