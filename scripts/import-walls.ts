/**
 * The import walls: who may import what, and why. `npm run generate` turns this table into biome.walls.json, where each folder
 * gets one `noRestrictedImports` with all that it may not name (Biome does not merge the options of several overrides).
 */

/** Levels of the source, lowest first: a folder imports from its own level and from those below. */
export const levels = [
  {
    folders: ['src/core', 'src/errors'],
    reason: 'src/core and src/errors are contracts and pure functions that stand on nothing else.',
  },
  {
    folders: ['src/config', 'src/log', 'src/queue', 'src/tools'],
    reason: 'config, log, queue and tools serve every folder above them and know none of them.',
  },
  {
    folders: [
      'src/storage',
      'src/image',
      'src/boot',
      'src/firmware',
      'src/inventory',
      'src/inspection',
      'src/ironic',
      'src/rescue',
      'src/status-screen',
    ],
    reason:
      'storage, image, boot, firmware, inventory, inspection, ironic and burn-in are what managers and steps are made of.',
  },
  {
    folders: ['src/hardware', 'src/steps'],
    reason: 'a manager or a step does not know which command, or which process, runs it.',
  },
  {
    folders: ['src/commands', 'src/queries'],
    reason: 'a command or a query is a declaration that api and workers both read; it knows neither.',
  },
  { folders: ['api', 'workers'], reason: '' },
] as const;

interface Wall {
  readonly modules: readonly string[];
  readonly onlyIn: readonly string[];
  readonly reason: string;
}

/** Packages and built-in modules that belong to some folders only. */
export const walls: readonly Wall[] = [
  {
    modules: ['execa', 'node:child_process', 'child_process', 'node:cluster'],
    onlyIn: ['src/tools'],
    reason: 'Only src/tools starts programs: there the safety latch is asked before each spawn.',
  },
  {
    modules: ['bullmq'],
    onlyIn: ['src/queue', 'api', 'workers'],
    reason: 'Only src/queue, api and workers know BullMQ, so that all the rest runs and is tested without a queue.',
  },
  {
    modules: ['systeminformation'],
    onlyIn: ['src/inventory'],
    reason: 'Only src/inventory reads systeminformation, so that a test can hand any machine to every other folder.',
  },
  {
    modules: ['@hapi/hapi', '@hapi/basic', '@bull-board/api', '@bull-board/hapi'],
    onlyIn: ['api'],
    reason: 'Only api is an HTTP server: hapi and bull-board stay out of the processes that work as root on disks.',
  },
];

const apart = 'api and workers share nothing but the queue and src, so that a crash in one cannot take down the other.';
const apiSpawns =
  'api cannot spawn a process nor open a device (permission model of Node): work goes through the queue.';
const shipped = 'Shipped code never imports test, scripts, bench or examples: they are not in the ramdisk.';
const environment = 'Only src/config reads the environment: everything else is handed a Config.';

interface Pattern {
  readonly group: readonly string[];
  readonly message: string;
}

/** gitignore-style pattern of every file below these folders, as seen from anywhere. */
function below(folders: readonly string[]): string {
  const names = folders.map((folder) => folder.replace('src/', ''));
  return names.length === 1 ? `**/${names[0]}/**` : `**/{${names.join(',')}}/**`;
}

function foldersOf(folder: string, level: number): readonly Pattern[] {
  const { reason } = levels[level] ?? { reason: '' };
  const above = levels.slice(level + 1).flatMap((each) => each.folders);
  const patterns: Pattern[] =
    above.length === 0 ? [] : [{ group: [below(above)], message: `Imports point down only: ${reason}` }];
  if (folder === 'api')
    patterns.push({ group: ['**/workers/**'], message: apart }, { group: ['**/tools/**'], message: apiSpawns });
  if (folder === 'workers') patterns.push({ group: ['**/api/**', '!@bull-board/**'], message: apart });
  patterns.push({ group: ['**/{test,scripts,bench,examples}/**'], message: shipped });
  return patterns;
}

function wallOf(folder: string, level: number): object {
  const shut = walls.filter((wall) => !wall.onlyIn.includes(folder));
  const modules = shut.flatMap((wall) => wall.modules.map((name) => [name, wall.reason] as const));
  const paths =
    folder === 'src/config'
      ? modules
      : [...modules, ['node:process', { importNames: ['env'], message: environment }] as const];
  const deep = modules
    .filter(([name]) => !name.startsWith('node:'))
    .map(([name, message]) => ({ group: [`${name}/**`], message }));
  const options = { paths: Object.fromEntries(paths), patterns: [...foldersOf(folder, level), ...deep] };
  return {
    includes: [`${folder}/**`],
    linter: { rules: { style: { noRestrictedImports: { level: 'error', options } } } },
  };
}

/** What biome.json extends. */
export function wallConfiguration(): object {
  return { overrides: levels.flatMap(({ folders }, level) => folders.map((folder) => wallOf(folder, level))) };
}
