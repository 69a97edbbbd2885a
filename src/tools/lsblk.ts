import type { RunTool, ToolNeed } from '../core/tool.ts';

export const need: ToolNeed = { program: 'lsblk', package: 'util-linux' };

const columns = [
  ...['KNAME', 'PKNAME', 'TYPE', 'SIZE', 'LOG-SEC', 'PHY-SEC', 'RO', 'ROTA', 'RM', 'MODEL', 'VENDOR', 'SERIAL', 'WWN'],
  ...['HCTL', 'TRAN', 'UUID', 'PARTUUID', 'PARTTYPE', 'PTUUID', 'FSTYPE', 'LABEL', 'MOUNTPOINTS'],
];

/** One line of lsblk(8). What it knows of the content (uuid, fileSystem, ...) comes from udev and is null without it. */
export interface LsblkRow {
  /** `sda`; `cciss!c0d0` for a name with a slash. */
  readonly kernelName: string;
  readonly parentKernelName: string | null;
  /** `disk`, `part`, `loop`, `rom`, `raid1`, `md`, `mpath`, `lvm`, `crypt`, ... */
  readonly type: string;
  readonly sizeBytes: number;
  readonly logicalSectorBytes: number;
  readonly physicalSectorBytes: number;
  readonly readOnly: boolean;
  readonly rotational: boolean;
  readonly removable: boolean;
  readonly model: string | null;
  readonly vendor: string | null;
  readonly serial: string | null;
  readonly wwn: string | null;
  readonly hctl: string | null;
  readonly transport: string | null;
  readonly uuid: string | null;
  readonly partitionUuid: string | null;
  readonly partitionType: string | null;
  readonly partitionTableUuid: string | null;
  readonly fileSystem: string | null;
  readonly label: string | null;
  readonly mountPoints: readonly string[];
}

/** Lists the given devices and what lies on them; all devices when none is given. */
export function listArgs(devices: readonly string[] = []): readonly string[] {
  return ['--bytes', '--list', '--json', '--output', columns.join(','), ...devices];
}

/** Lists a device and what it is made of, down to the physical disks. */
export function ancestryArgs(device: string): readonly string[] {
  return ['--inverse', ...listArgs([device])];
}

/** One row per device, in the order of lsblk; an array appears once, not once per member. Throws on an unknown shape. */
export function parseRows(stdout: string): readonly LsblkRow[] {
  const { blockdevices } = JSON.parse(stdout) as { readonly blockdevices?: unknown };
  if (!Array.isArray(blockdevices)) throw new Error(`lsblk gave no blockdevices: ${stdout.slice(0, 200)}`);
  const rows = new Map<string, LsblkRow>();
  for (const row of blockdevices.map(parseRow)) {
    if (!rows.has(row.kernelName)) rows.set(row.kernelName, row);
  }
  return [...rows.values()];
}

export async function listRows(run: RunTool, devices: readonly string[] = []): Promise<readonly LsblkRow[]> {
  const { stdout } = await run({ program: need.program, args: listArgs(devices), effect: { kind: 'read' } });
  return parseRows(stdout);
}

export async function listAncestry(run: RunTool, device: string): Promise<readonly LsblkRow[]> {
  const { stdout } = await run({ program: need.program, args: ancestryArgs(device), effect: { kind: 'read' } });
  return parseRows(stdout);
}

type Cells = Readonly<Record<string, unknown>>;

function parseRow(cells: Cells): LsblkRow {
  return {
    kernelName: required(cells, 'kname'),
    parentKernelName: text(cells, 'pkname'),
    type: required(cells, 'type'),
    sizeBytes: count(cells, 'size'),
    logicalSectorBytes: count(cells, 'log-sec'),
    physicalSectorBytes: count(cells, 'phy-sec'),
    readOnly: flag(cells, 'ro'),
    rotational: flag(cells, 'rota'),
    removable: flag(cells, 'rm'),
    model: text(cells, 'model'),
    vendor: text(cells, 'vendor'),
    serial: text(cells, 'serial'),
    wwn: text(cells, 'wwn'),
    hctl: text(cells, 'hctl'),
    transport: text(cells, 'tran'),
    uuid: text(cells, 'uuid'),
    partitionUuid: text(cells, 'partuuid'),
    partitionType: text(cells, 'parttype')?.toLowerCase() ?? null,
    partitionTableUuid: text(cells, 'ptuuid'),
    fileSystem: text(cells, 'fstype'),
    label: text(cells, 'label'),
    mountPoints: texts(cells, 'mountpoints'),
  };
}

function cell(cells: Cells, column: string): unknown {
  const value = cells[column];
  if (value === undefined) throw new Error(`lsblk gave no column ${column}: ${JSON.stringify(cells)}`);
  return value;
}

function text(cells: Cells, column: string): string | null {
  const value = cell(cells, column);
  return value === null || String(value).trim() === '' ? null : String(value).trim();
}

function texts(cells: Cells, column: string): readonly string[] {
  const value = cell(cells, column);
  if (!Array.isArray(value)) throw new Error(`lsblk gave no list in column ${column}: ${JSON.stringify(value)}`);
  return value.filter((entry): entry is string => typeof entry === 'string');
}

function required(cells: Cells, column: string): string {
  const value = text(cells, column);
  if (value === null) throw new Error(`lsblk left column ${column} empty: ${JSON.stringify(cells)}`);
  return value;
}

/** A number; older versions quote it. */
function count(cells: Cells, column: string): number {
  const value = Number(required(cells, column));
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`lsblk gave ${column}=${String(cells[column])}`);
  return value;
}

/** A boolean; older versions say "0" and "1". */
function flag(cells: Cells, column: string): boolean {
  const value = required(cells, column);
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new Error(`lsblk gave ${column}=${value}`);
}
