/** `npm run ramdisk`: kernel and initramfs of the deploy ramdisk, made of Debian packages; see docs/ramdisk.md. */
import { buildRamdisk } from './build-ramdisk.ts';
import { differingFiles } from './check-reproducible.ts';
import { CustomisationError } from './customisation.ts';
import { parseOptions, type RamdiskOptions, UsageError } from './options.ts';
import { recordSizes } from './record-sizes.ts';

const tell = (line: string): void => console.log(line);

async function run({ request, checkReproducible, sizes }: RamdiskOptions): Promise<void> {
  if (checkReproducible) {
    const differing = await differingFiles(request, tell);
    if (differing.length > 0) throw new Error(`built twice from the same, these differ: ${differing.join(', ')}`);
    tell(`built twice, and the same to the last byte: ${request.outputs.join(', ')}`);
    return;
  }
  await buildRamdisk(request, tell);
  if (sizes) await recordSizes(request, tell);
}

try {
  await run(parseOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof CustomisationError)) throw error;
  console.error(`ramdisk: ${error.message}`);
  process.exitCode = 2;
}
