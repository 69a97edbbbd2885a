import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkVmdkDescriptor } from '../../../../src/image/convert/vmdk-descriptor.ts';

/** Of `qemu-img convert -O vmdk` 7.2 of 64 KiB, which had written a CID of eight digits before. */
const text = `# Disk DescriptorFile
version=1
CID=e3657f
parentCID=ffffffff
createType="monolithicSparse"

# Extent description
RW 128 SPARSE "d.vmdk"

# The Disk Data Base
#DDB

ddb.virtualHWVersion = "4"
ddb.geometry.cylinders = "0"
ddb.geometry.heads = "16"
ddb.geometry.sectors = "63"
ddb.adapterType = "ide"
ddb.toolsVersion = "2147483647"
`;

const check = (behind: string) => () => checkVmdkDescriptor(`${text}${behind}`.padEnd(10_240, '\0'), 128);

suite('descriptor of a VMDK', () => {
  test('may have behind its end what a longer one of the same end has left', () => {
    for (const left of ['', '\n', '"\n', '83647"\n']) assert.doesNotThrow(check(`\0${left}`), JSON.stringify(left));
  });

  test('may have nothing else there', () => {
    for (const hidden of ['x', '\n\n', '2147483647"\n', '\n\0\n', '\0\n', '\nRW 1 FLAT "x"\n'])
      assert.throws(check(`\0${hidden}`), /has something hidden behind the end/, JSON.stringify(hidden));
  });
});
