import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../check-stages.ts';
import type { UnitExposure } from './hardening-page.ts';

const root = path.join(projectRoot, 'ramdisk/root');
const unitDir = 'usr/lib/systemd/system';

/** An instance stands for its template. */
const instances: Readonly<Record<string, string>> = {
  'ironhand-worker@.service': 'ironhand-worker@storage.service',
  'ironhand-login@.service': 'ironhand-login@tty1.service',
  'ironhand-shell@.service': 'ironhand-shell@tty1.service',
};

/** Every service of the ramdisk that is ours. */
export function measureHardening(): readonly UnitExposure[] {
  return globSync('*.service', { cwd: path.join(root, unitDir) })
    .sort()
    .map((unit) => {
      const text = readFileSync(path.join(root, unitDir, unit), 'utf8');
      const value = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1];
      const args = ['security', '--offline=yes', `--root=${root}`, '--no-pager', instances[unit] ?? unit];
      const said = execFileSync('systemd-analyze', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      const exposure = /exposure level for \S+: ([\d.]+)/.exec(said)?.[1];
      if (exposure === undefined) throw new Error(`${unit}: expected an exposure level, got ${said.slice(-200)}`);
      const description = (value('Description') ?? '').replaceAll(/%[iI]/g, '*');
      return { unit, description, user: value('User') ?? 'root', exposure: Number(exposure) };
    });
}
