/** `npm run ramdisk`: kernel and initramfs of the deploy ramdisk, made of Debian packages; see docs/ramdisk.md. */
import { buildRamdisk } from './build-ramdisk.ts';
import { parseOptions, UsageError } from './options.ts';
import { CustomisationError } from './read-customisation.ts';

const tell = (line: string): void => console.log(line);

try {
  const { request } = parseOptions(process.argv.slice(2));
  await buildRamdisk(request, tell);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof CustomisationError)) throw error;
  console.error(`ramdisk: ${error.message}`);
  process.exitCode = 2;
}
