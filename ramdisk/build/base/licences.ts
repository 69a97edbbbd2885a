import type { DebianPackage } from './debian-package.ts';

/** Short names of the licences in a package's copyright file, where it is written for machines (DEP 5); else none. */
export function licencesOf({ name, files }: DebianPackage): readonly string[] {
  const entry = files.get(`usr/share/doc/${name}/copyright`);
  if (entry?.kind !== 'file') return [];
  const text = entry.content.toString();
  if (!/^Format:/m.test(text)) return [];
  const names = [...text.matchAll(/^License:[ \t]*(\S.*)$/gm)].map(([, licence = '']) => licence.trim());
  return [...new Set(names)].sort();
}
