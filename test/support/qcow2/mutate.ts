import type { BuiltImage } from './build-image.ts';
import type { SeededRandom } from './seeded-random.ts';

type Mutation = (image: Buffer, built: BuiltImage, random: SeededRandom) => void;

/** Bytes of the header that mean something. */
const headerBytes = 128;

const mutations: readonly Mutation[] = [
  function flipHeaderBit(image, _built, random) {
    flip(image, random.below(headerBytes), random);
  },
  function setHeaderByte(image, _built, random) {
    image[random.below(headerBytes)] = random.below(256);
  },
  function flipEntryBit(image, built, random) {
    flip(image, entryOf(built, random) + random.below(8), random);
  },
  function setEntry(image, built, random) {
    image.writeBigUInt64BE(interesting(image, random), entryOf(built, random));
  },
  function copyEntry(image, built, random) {
    image.copyWithin(entryOf(built, random), entryOf(built, random) & ~7, (entryOf(built, random) & ~7) + 8);
  },
  function moveEntry(image, built, random) {
    const [from, to] = [entryOf(built, random), entryOf(built, random)];
    image.writeBigUInt64BE(image.readBigUInt64BE(from), to);
  },
  function changeL1(image, built, random) {
    const at = built.l1Offset + 8 * random.below(built.l1Entries + 2);
    if (random.chance(0.5)) flip(image, at + random.below(8), random);
    else image.writeBigUInt64BE(interesting(image, random), at);
  },
  function damageTable(image, built, random) {
    const table = random.pick([...built.l2Offsets.values()]);
    image[table + random.below(built.clusterBytes)] = random.below(256);
  },
  function damageAnything(image, _built, random) {
    image[random.below(image.length)] = random.below(256);
  },
];

function flip(image: Buffer, at: number, random: SeededRandom): void {
  image[at] = (image[at] ?? 0) ^ (1 << random.below(8));
}

function entryOf({ entryOffsets }: BuiltImage, random: SeededRandom): number {
  return random.pick([...entryOffsets.values()]);
}

/** Places in and near the image with all kinds of flags. */
function interesting(image: Buffer, random: SeededRandom): bigint {
  const flags = random.pick([0n, 1n, 1n << 62n, 1n << 63n, 3n << 62n, 1n << 56n]);
  const place = random.pick([0, 512, image.length, image.length - 512, 512 * random.below(image.length / 512)]);
  const sectors = BigInt(random.below(4)) << BigInt(40 + random.below(20));
  return flags | BigInt(place) | (random.chance(0.2) ? sectors : 0n);
}

/** One to four things changed, and now and then cut off. */
export function mutated(built: BuiltImage, random: SeededRandom): Buffer {
  const image = Buffer.from(built.bytes);
  for (let left = 1 + random.below(4); left > 0; left -= 1) random.pick(mutations)(image, built, random);
  return random.chance(0.05) ? image.subarray(0, random.below(image.length)) : image;
}
