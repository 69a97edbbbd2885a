/** Debian's short names (DEP 5) that SPDX spells in another way; the other usual ones are the same in both. */
const spdxNames: Readonly<Record<string, string>> = {
  'Apache-2': 'Apache-2.0',
  'BSD-2-clause': 'BSD-2-Clause',
  'BSD-3-clause': 'BSD-3-Clause',
  'BSD-4-clause': 'BSD-4-Clause',
  CC0: 'CC0-1.0',
  Expat: 'MIT',
  'GPL-1+': 'GPL-1.0-or-later',
  'GPL-2': 'GPL-2.0-only',
  'GPL-2+': 'GPL-2.0-or-later',
  'GPL-3': 'GPL-3.0-only',
  'GPL-3+': 'GPL-3.0-or-later',
  'LGPL-2': 'LGPL-2.0-only',
  'LGPL-2+': 'LGPL-2.0-or-later',
  'LGPL-2.1': 'LGPL-2.1-only',
  'LGPL-2.1+': 'LGPL-2.1-or-later',
  'LGPL-3': 'LGPL-3.0-only',
  'LGPL-3+': 'LGPL-3.0-or-later',
  ISC: 'ISC',
  Zlib: 'Zlib',
};

/** These come from npm, where they are SPDX already. */
const isSpdx =
  /^\(?(MIT|ISC|Apache-2\.0|0BSD|BSD-[23]-Clause|BlueOak-1\.0\.0|Python-2\.0|CC0-1\.0)( (AND|OR) [\w.-]+)*\)?$/;

/** All of them hold for some file of the package. */
export function licenceExpression(licences: readonly string[]): string {
  const names = [...new Set(licences.map(licenceId))].sort();
  return names.length === 0
    ? 'NOASSERTION'
    : names.map((name) => (name.includes(' OR ') ? `(${name})` : name)).join(' AND ');
}

/** What a document has to say of names that SPDX does not know. */
export function licenceTexts(licences: readonly string[]): readonly object[] {
  const unknown = new Map(licences.map((name) => [licenceId(name), name]));
  return [...unknown]
    .filter(([id]) => id.startsWith('LicenseRef-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([licenseId, name]) => ({
      licenseId,
      name,
      extractedText: `Called "${name}" in the copyright file of a Debian package, which has its text.`,
    }));
}

function licenceId(name: string): string {
  if (isSpdx.test(name)) return name.replace(/^\((.*)\)$/, '$1');
  const known = Object.hasOwn(spdxNames, name) ? spdxNames[name] : undefined;
  return (
    known ??
    `LicenseRef-Debian-${name
      .replace(/\+/g, '-or-later')
      .replace(/[^A-Za-z0-9.-]+/g, '-')
      .replace(/^-|-$/g, '')}`
  );
}
