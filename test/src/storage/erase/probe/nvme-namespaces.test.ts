import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  type DriveView,
  judgeNamespaces,
  type KernelView,
} from '../../../../../src/storage/erase/probe/nvme-namespaces.ts';

const management = 8;
const severalControllers = 2;

/** An ordinary drive: one controller, one namespace, no Namespace Management. */
const ordinary: DriveView = { cmic: 0, oacs: 0x16, nn: 1, allocated: null, active: [1] };
const alone: KernelView = { ownId: 1, listedIds: [1], controllers: 1 };
const judge = (drive: Partial<DriveView> = {}, kernel: Partial<KernelView> = {}) =>
  judgeNamespaces({ ...ordinary, ...drive }, { ...alone, ...kernel });
const nothing = { otherNamespaces: [], namespaceDoubt: null };

suite('namespaces that the kernel does not list', () => {
  for (const [what, drive, kernel] of [
    ['of an ordinary drive', {}, {}],
    ['of an old drive that has no lists and one namespace', { active: null }, {}],
    ['of a drive with two ports and one controller', { cmic: 1 }, {}],
    ['of a drive that manages namespaces and tells of all', { oacs: management, nn: 128, allocated: [1] }, {}],
    [
      'of a drive made for two hosts that has shared namespaces only',
      { cmic: 3, oacs: management, nn: 128, allocated: [1, 2], active: [1, 2] },
      { listedIds: [1, 2] },
    ],
    ['of a drive that answers zeros to what it does not know', { allocated: [], nn: 32 }, {}],
    ['of a drive whose two controllers the kernel knows', { cmic: severalControllers }, { controllers: 2 }],
  ] as const) {
    test(`are none ${what}`, () => assert.deepEqual(judge(drive, kernel), nothing));
  }

  test('are those that are allocated and not attached, or attached to somebody else', () => {
    const drive = { cmic: 3, oacs: management, nn: 32, allocated: [1, 2, 5], active: [1, 2] };
    assert.deepEqual(judge(drive, { listedIds: [1, 2] }), { otherNamespaces: [5], namespaceDoubt: null });
  });

  test('are those, too, that are attached and of which the kernel made no disk', () => {
    assert.deepEqual(judge({ nn: 4, active: [1, 3] }), { otherNamespaces: [3], namespaceDoubt: null });
  });

  test('are not those that the kernel knows through another controller', () => {
    const drive = { cmic: 2, oacs: management, nn: 32, allocated: [1, 2], active: [1] };
    assert.deepEqual(judge(drive, { listedIds: [1, 2], controllers: 2 }), nothing);
  });
});

suite('namespaces that nobody can ask for', () => {
  for (const [what, drive, doubt] of [
    ['the drive manages namespaces and refuses its list', { oacs: management }, /OACS bit 3/],
    ['its list is empty', { oacs: management, allocated: [] }, /OACS bit 3/],
    ['its list lacks the namespace that was asked', { oacs: management, nn: 9, allocated: [2, 3] }, /OACS bit 3/],
    ['its list has an ID that cannot be', { oacs: management, nn: 9, allocated: [1, 10] }, /OACS bit 3/],
    ['its list is in no order', { oacs: management, nn: 9, allocated: [1, 3, 2] }, /OACS bit 3/],
    [
      'its list is as long as an answer can be',
      { oacs: management, nn: 4096, allocated: Array.from({ length: 1024 }, (_, index) => index + 1) },
      /OACS bit 3/,
    ],
    ['there may be a controller that this kernel does not know', { cmic: severalControllers }, /CMIC bit 1/],
    [
      'IDs need not be unique behind several controllers',
      { cmic: severalControllers, nn: 9, allocated: [1] },
      /CMIC bit 1/,
    ],
    ['an old drive has no list and room for more', { active: null, nn: 2 }, /there may be 2/],
  ] as const) {
    test(`are feared where ${what}`, () => assert.match(judge(drive).namespaceDoubt ?? '', doubt));
  }
});
