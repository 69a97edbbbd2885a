import type { PackageFacts } from '../base/base-facts.ts';
import type { Manifest } from './manifest.ts';
import { licenceExpression, licenceTexts } from './spdx-licences.ts';

interface SpdxPackage {
  readonly name: string;
  readonly SPDXID: string;
  readonly versionInfo: string;
  readonly supplier: string;
  readonly downloadLocation: string;
  readonly filesAnalyzed: false;
  readonly licenseConcluded: 'NOASSERTION';
  readonly licenseDeclared: string;
  readonly copyrightText: 'NOASSERTION';
  readonly externalRefs?: readonly object[];
}

const documentId = 'SPDXRef-DOCUMENT';
const ramdiskId = 'SPDXRef-ramdisk';

/** A bill of materials in SPDX 2.3: the ramdisk, the Debian packages that it has files of, the npm packages in the bundles, Node. */
export function sbomOf(manifest: Manifest, createdSeconds: number): object {
  const { sha256 } = manifest.files['initramfs'] ?? { sha256: '' };
  const parts = [
    spdxPackage('npm', {
      name: 'node',
      version: manifest.node,
      licences: ['MIT'],
      purl: `pkg:generic/node@${manifest.node}`,
    }),
    ...manifest.debianPackages.map((each) => spdxPackage('deb', { ...each, purl: debianPurl(each) })),
    ...manifest.npmPackages.map(({ name, version, licence }) =>
      spdxPackage('npm', {
        name,
        version,
        licences: licence === null ? [] : [licence],
        purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      }),
    ),
  ];
  const licences = [...manifest.debianPackages.flatMap((each) => each.licences)];
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: documentId,
    name: `${manifest.name}-ramdisk-${manifest.profile}-${manifest.architecture}`,
    documentNamespace: `https://spdx.org/spdxdocs/${manifest.name}-ramdisk-${sha256}`,
    creationInfo: {
      created: new Date(createdSeconds * 1000).toISOString().replace('.000Z', 'Z'),
      creators: [`Tool: ${manifest.name}-${manifest.version}`],
    },
    packages: [
      {
        ...spdxPackage('', {
          name: manifest.name,
          version: manifest.version,
          licences: [manifest.licence],
          purl: null,
        }),
        SPDXID: ramdiskId,
      },
      ...parts,
    ],
    hasExtractedLicensingInfos: licenceTexts(licences),
    relationships: [
      relation(documentId, 'DESCRIBES', ramdiskId),
      ...parts.map(({ SPDXID }) => relation(ramdiskId, 'CONTAINS', SPDXID)),
    ],
  };
}

interface Described {
  readonly name: string;
  readonly version: string;
  readonly licences: readonly string[];
  readonly purl: string | null;
}

function spdxPackage(kind: string, { name, version, licences, purl }: Described): SpdxPackage {
  return {
    name,
    SPDXID: `SPDXRef-${kind}-${`${name}-${version}`.replace(/[^A-Za-z0-9.-]/g, '-')}`,
    versionInfo: version,
    supplier: kind === 'deb' ? 'Organization: Debian' : 'NOASSERTION',
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: licenceExpression(licences),
    copyrightText: 'NOASSERTION',
    ...(purl === null
      ? {}
      : { externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }] }),
  };
}

function debianPurl({ name, version, architecture }: PackageFacts): string {
  return `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
}

function relation(from: string, relationshipType: string, to: string): object {
  return { spdxElementId: from, relationshipType, relatedSpdxElement: to };
}
