import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ContentCount, countContent, sha256Of } from './page-map.ts';
import { copyRealFiles } from './real-files.ts';

const execute = promisify(execFile);
const MiB = 1024 * 1024;

/** The forms of one image, and the `disk_format` by which each is asked for. */
export const forms = {
  raw: 'raw',
  gz: 'raw',
  zst: 'raw',
  qcow2: 'qcow2',
  'qcow2-zlib': 'qcow2',
  'qcow2-zstd': 'qcow2',
} as const;
export type FormName = keyof typeof forms;

export interface BenchForm {
  readonly name: FormName;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface BenchImage {
  /** Where the files are; a file server serves this directory. */
  readonly directory: string;
  readonly content: ContentCount;
  readonly forms: Readonly<Record<FormName, BenchForm>>;
}

/** Share of the image that is filled with files; with the tables of the file system it leaves about 40 % zero. */
const fillShare = 0.578;
/** So that images of other recipes in the same cache are not taken for this one. */
const recipe = 3;

/**
 * A GPT disk image with an ext4 file system of real files of this machine, about 40 % zero, in all its forms, made by the real
 * tools. Taken from the cache where it is there.
 */
export async function makeBenchImage(
  cache: string,
  sizeBytes: number,
  wanted: readonly FormName[] = ['raw'],
): Promise<BenchImage> {
  const directory = join(cache, `ext4-${sizeBytes / MiB}-${fillShare}-${recipe}`);
  await mkdir(directory, { recursive: true });
  const raw = join(directory, 'image.raw');
  if (!existsSync(raw)) await makeRaw(directory, raw, sizeBytes);
  const content = await remembered(`${raw}.count`, () => countContent(raw));
  const made: Partial<Record<FormName, BenchForm>> = {};
  for (const name of wanted) made[name] = await makeForm(name, directory, content);
  return { directory, content, forms: made as Record<FormName, BenchForm> };
}

async function makeRaw(directory: string, raw: string, sizeBytes: number): Promise<void> {
  const unfinished = `${raw}.unfinished`;
  const files = await mkdtemp(join(directory, 'files-'));
  try {
    await copyRealFiles(files, sizeBytes * fillShare);
    const image = await open(unfinished, 'w');
    await image.truncate(sizeBytes);
    await image.close();
    await input('sfdisk', ['--quiet', unfinished], 'label: gpt\nstart=2048, type=linux, name=root\n');
    const kib = (sizeBytes - 2 * MiB) / 1024;
    const place = `offset=${MiB},root_owner=0:0`;
    await execute('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', files, '-E', place, unfinished, `${kib}k`]);
    await rename(unfinished, raw);
  } finally {
    await rm(files, { recursive: true, force: true });
  }
}

const recipes: Readonly<Record<Exclude<FormName, 'raw'>, (raw: string, made: string) => readonly string[]>> = {
  gz: (raw, made) => ['sh', '-c', `gzip -6 < ${raw} > ${made}`],
  zst: (raw, made) => ['zstd', '-q', '-3', '-f', raw, '-o', made],
  qcow2: (raw, made) => convert([], raw, made),
  'qcow2-zlib': (raw, made) => convert(['-c'], raw, made),
  'qcow2-zstd': (raw, made) => convert(['-c', '-o', 'compression_type=zstd'], raw, made),
};

function convert(options: readonly string[], raw: string, made: string): readonly string[] {
  return ['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', ...options, raw, made];
}

async function makeForm(name: FormName, directory: string, { bytes, sha256 }: ContentCount): Promise<BenchForm> {
  const raw = join(directory, 'image.raw');
  if (name === 'raw') return { name, file: raw, bytes, sha256 };
  const file = join(directory, `image.${name}`);
  if (!existsSync(file)) {
    const [program = '', ...args] = recipes[name](raw, `${file}.unfinished`);
    await execute(program, args);
    await rename(`${file}.unfinished`, file);
  }
  const { digest } = await remembered(`${file}.count`, async () => ({ digest: await sha256Of(file) }));
  return { name, file, bytes: (await stat(file)).size, sha256: digest };
}

async function remembered<T>(file: string, find: () => Promise<T>): Promise<T> {
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as T;
  const found = await find();
  await writeFile(file, JSON.stringify(found));
  return found;
}

async function input(program: string, args: readonly string[], text: string): Promise<void> {
  const running = execute(program, args);
  running.child.stdin?.end(text);
  await running;
}
