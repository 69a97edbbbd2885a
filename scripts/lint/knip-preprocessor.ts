import type { Preprocessor } from 'knip';

/** Every file of src/tools says what it needs by `export const need`; tests and the ramdisk read that by looking at the folder. */
const isDeclaredNeed = (file: string, symbol: string): boolean => file.startsWith('src/tools/') && symbol === 'need';

// biome-ignore lint/style/noDefaultExport: knip loads a preprocessor by its default export
export default ((options) => {
  for (const [file, symbols] of Object.entries(options.issues.exports)) {
    for (const symbol of Object.keys(symbols).filter((each) => isDeclaredNeed(file, each))) {
      delete symbols[symbol];
      options.counters.exports -= 1;
    }
  }
  return options;
}) satisfies Preprocessor;
