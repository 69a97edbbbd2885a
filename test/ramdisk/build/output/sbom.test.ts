import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Manifest } from '../../../../ramdisk/build/output/manifest.ts';
import { sbomOf } from '../../../../ramdisk/build/output/sbom.ts';

const debian = { architecture: 'amd64', source: 'bash', bytes: 1 };
const manifest: Manifest = {
  name: 'ironhand',
  version: '1.2.3',
  licence: 'Apache-2.0',
  profile: 'small',
  architecture: 'x86_64',
  compression: 'zstd-19',
  kernel: '6.1',
  node: '24.1.0',
  files: { initramfs: { bytes: 5, sha256: 'abc' } },
  unpackedBytes: 9,
  segments: [],
  debianPackages: [
    { ...debian, name: 'bash', version: '5.2-2+b1', licences: ['GPL-3+', 'Expat', 'Permissive stuff'] },
    { ...debian, name: 'sg3-utils', version: '1', licences: [] },
  ],
  npmPackages: [{ name: '@hapi/hapi', version: '21.4.10', licence: '(MIT OR Apache-2.0)' }],
};

interface Document {
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string };
  readonly packages: readonly {
    readonly SPDXID: string;
    readonly licenseDeclared: string;
    readonly externalRefs?: readonly { readonly referenceLocator: string }[];
  }[];
  readonly hasExtractedLicensingInfos: readonly { readonly licenseId: string }[];
  readonly relationships: readonly { readonly relationshipType: string; readonly relatedSpdxElement: string }[];
}

suite('bill of materials', () => {
  const document = sbomOf(manifest, 1_700_000_000) as Document;
  const [ramdisk, node, bash, sg3, hapi] = document.packages;

  test('is told apart by what it describes, and dated as it is asked', () => {
    assert.ok(document.documentNamespace.endsWith('abc'));
    assert.equal(document.creationInfo.created, '2023-11-14T22:13:20Z');
  });

  test('has ids of letters, digits, dots and dashes, none of them twice', () => {
    const ids = document.packages.map(({ SPDXID }) => SPDXID);
    for (const id of ids) assert.match(id, /^SPDXRef-[A-Za-z0-9.-]+$/);
    assert.equal(new Set(ids).size, ids.length);
  });

  test('names the licences as SPDX does, and explains those that it does not know', () => {
    assert.equal(bash?.licenseDeclared, 'GPL-3.0-or-later AND LicenseRef-Debian-Permissive-stuff AND MIT');
    assert.deepEqual(
      document.hasExtractedLicensingInfos.map(({ licenseId }) => licenseId),
      ['LicenseRef-Debian-Permissive-stuff'],
    );
    assert.equal(sg3?.licenseDeclared, 'NOASSERTION');
    assert.equal(hapi?.licenseDeclared, '(MIT OR Apache-2.0)');
    assert.equal(ramdisk?.licenseDeclared, 'Apache-2.0');
  });

  test('says where each part comes from', () => {
    const urls = [node, bash, hapi].map((each) => each?.externalRefs?.[0]?.referenceLocator);
    assert.deepEqual(urls, [
      'pkg:generic/node@24.1.0',
      'pkg:deb/debian/bash@5.2-2%2Bb1?arch=amd64',
      'pkg:npm/%40hapi/hapi@21.4.10',
    ]);
  });

  test('relates every part to the ramdisk', () => {
    const contained = document.relationships.filter(({ relationshipType }) => relationshipType === 'CONTAINS');
    assert.deepEqual(
      contained.map(({ relatedSpdxElement }) => relatedSpdxElement),
      document.packages.slice(1).map(({ SPDXID }) => SPDXID),
    );
  });
});
