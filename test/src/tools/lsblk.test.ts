import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ancestryArgs, listArgs, parseRows } from '../../../src/tools/lsblk.ts';
import { capturedOutput } from '../../support/captured-output.ts';

test('asks for the columns of the captured output', () => {
  assert.deepEqual(listArgs(['/dev/vda']), capturedOutput('lsblk', 'virtio-disk').args);
  assert.deepEqual(ancestryArgs('/dev/loop0p1'), capturedOutput('lsblk', 'ancestry-partition').args);
});

test('reads a disk', () => {
  assert.deepEqual(parseRows(capturedOutput('lsblk', 'virtio-disk').text), [
    {
      kernelName: 'vda',
      parentKernelName: null,
      type: 'disk',
      sizeBytes: 274_877_906_944,
      logicalSectorBytes: 512,
      physicalSectorBytes: 4096,
      readOnly: false,
      rotational: true,
      removable: false,
      model: null,
      vendor: '0x1af4',
      serial: null,
      wwn: null,
      hctl: null,
      transport: null,
      uuid: null,
      partitionUuid: null,
      partitionType: null,
      partitionTableUuid: null,
      fileSystem: null,
      label: null,
      mountPoints: ['/'],
    },
  ]);
});

test('reads partitions with the disk that they lie on', () => {
  const rows = parseRows(capturedOutput('lsblk', 'loop-partitions').text);
  assert.deepEqual(
    rows.map(({ kernelName, parentKernelName, type }) => [kernelName, parentKernelName, type]),
    [
      ['loop0', null, 'loop'],
      ['loop0p1', 'loop0', 'part'],
      ['loop0p2', 'loop0', 'part'],
    ],
  );
});

test('reads a device and what it is made of', () => {
  const rows = parseRows(capturedOutput('lsblk', 'ancestry-partition').text);
  assert.deepEqual(
    rows.map(({ kernelName }) => kernelName),
    ['loop0p1', 'loop0'],
  );
});

/** The captured disk with some cells changed. */
function changed(cells: Readonly<Record<string, unknown>>): string {
  const { blockdevices } = JSON.parse(capturedOutput('lsblk', 'virtio-disk').text);
  return JSON.stringify({ blockdevices: [{ ...blockdevices[0], ...cells }] });
}

test('reads numbers and booleans as older versions quote them', () => {
  const [row] = parseRows(changed({ size: '1024', ro: '1', rota: '0', rm: false }));
  assert.deepEqual([row?.sizeBytes, row?.readOnly, row?.rotational, row?.removable], [1024, true, false, false]);
});

test('a device with several parents appears once', () => {
  const { blockdevices } = JSON.parse(capturedOutput('lsblk', 'virtio-disk').text);
  assert.equal(parseRows(JSON.stringify({ blockdevices: [...blockdevices, ...blockdevices] })).length, 1);
});

test('blanks around a text are cut, and an empty text is nothing', () => {
  const [row] = parseRows(changed({ model: ' QEMU HARDDISK ', serial: '  ' }));
  assert.deepEqual([row?.model, row?.serial], ['QEMU HARDDISK', null]);
});

test('an unknown shape is an error that quotes it', () => {
  assert.throws(() => parseRows('{}'), /no blockdevices: \{\}/);
  assert.throws(() => parseRows('lsblk: oops'), SyntaxError);
  assert.throws(() => parseRows(changed({ size: null })), /left column size empty/);
  assert.throws(() => parseRows(changed({ size: '64G' })), /size=64G/);
  assert.throws(() => parseRows(changed({ ro: 'maybe' })), /ro=maybe/);
  assert.throws(() => parseRows(changed({ wwn: undefined })), /no column wwn/);
  assert.throws(() => parseRows(changed({ mountpoints: '/' })), /no list in column mountpoints/);
});
