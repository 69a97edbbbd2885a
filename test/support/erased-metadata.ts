import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { metadata } from '../../src/storage/erase/methods/metadata.ts';
import type { LoopDevice } from './loop-device.ts';
import { claimTarget, createMethodContext } from './overwritten-disk.ts';
import type { Placed, TestSignature } from './signatures/signature.ts';

/** Every place of a text on a device, as its backing file has it. */
export function placesOf(loop: LoopDevice, text: string): readonly number[] {
  const bytes = readFileSync(loop.backingFile);
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) places.push(at);
  return places;
}

/** Runs the method and its verification as a lane does; gives the details of its evidence. */
export async function eraseMetadataOf(loop: LoopDevice): Promise<Readonly<Record<string, unknown>>> {
  await using target = await claimTarget(loop.path);
  const context = createMethodContext(loop.path);
  const evidence = await metadata.run(target, context);
  const checks = await metadata.verify(target, evidence, context);
  assert.ok(checks.every(({ passed }) => passed));
  return evidence.details;
}

/** The places of a signature in a part of a disk, in bytes of the disk. */
export function placesAt(signature: TestSignature, { start, end }: { start: number; end: number }): readonly Placed[] {
  return signature.place(end - start).map(({ offset, bytes }) => ({ offset: start + offset, bytes }));
}
