import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../check-stages.ts';
import { code, pageHead, table } from './markdown.ts';

/** What `systemd-analyze security` says of one unit: from 0, which can do nothing, to 10. */
export interface UnitExposure {
  readonly unit: string;
  readonly description: string;
  readonly user: string;
  readonly exposure: number;
}

/** Written by scripts/measure-hardening.ts; a test compares it with the units. */
export const hardeningFile = path.join(projectRoot, 'docs/hardening.json');

/** docs/hardening.md */
export function hardeningPage(): string {
  return renderHardening(JSON.parse(readFileSync(hardeningFile, 'utf8')) as UnitExposure[]);
}

export function renderHardening(units: readonly UnitExposure[]): string {
  const rows = [...units]
    .sort((one, other) => one.exposure - other.exposure || one.unit.localeCompare(other.unit))
    .map(({ unit, description, user, exposure }) => [code(unit), user, exposure.toFixed(1), description]);
  return `${pageHead('Exposure of the units of the ramdisk', 'docs/hardening.json')}
What \`systemd-analyze security --offline=yes\` (systemd 252) says of each unit in \`ramdisk/root\`: 0 can do nothing, 10 can do everything.
Why the workers stand where they do is in [ramdisk.md](ramdisk.md#hardening). After a change of a unit:
\`node scripts/measure-hardening.ts && npm run generate\`.

${table(['Unit', 'User', 'Exposure', 'What'], rows)}
`;
}
