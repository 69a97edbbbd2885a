/** Asks systemd-analyze(1) about the units of the ramdisk, for docs/hardening.md. */
import { writeFileSync } from 'node:fs';
import { hardeningFile } from './docs/hardening-page.ts';
import { measureHardening } from './docs/measure-hardening.ts';

const units = measureHardening();
writeFileSync(hardeningFile, `${JSON.stringify(units, null, 2)}\n`);
console.log(`${units.length} units in ${hardeningFile}; now npm run generate`);
