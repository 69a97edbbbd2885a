import { ConfigDriveError } from './config-drive-error.ts';
import { maximumDriveBytes } from './decode-drive.ts';

/** What is in a config drive, as a file system of another kind takes it over: owners, modes and times are not kept. */
export interface DriveDirectory {
  readonly kind: 'directory';
  readonly entries: ReadonlyMap<string, DriveNode>;
}

export interface DriveFile {
  readonly kind: 'file';
  readonly bytes: Uint8Array;
}

export type DriveNode = DriveDirectory | DriveFile;

const deepest = 16;
const mostEntries = 10_000;

/**
 * What reading one file system may cost, whatever it says of itself: directories that contain themselves and files that share
 * their blocks would otherwise grow without end. Each method throws ConfigDriveError once it is too much.
 */
export class TreeBudget {
  #entries = 0;
  #bytes = 0;

  enter(depth: number): void {
    if (depth > deepest) throw new ConfigDriveError(`its directories are more than ${deepest} deep`);
  }

  addNode(): void {
    this.#entries += 1;
    if (this.#entries > mostEntries)
      throw new ConfigDriveError(`it has more than ${mostEntries} files and directories`);
  }

  /** Of a file, or of the table of a directory. */
  addBytes(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > maximumDriveBytes) {
      throw new ConfigDriveError(`its files have more than ${maximumDriveBytes} bytes together`);
    }
  }
}

/** Adds to a directory; throws ConfigDriveError for a name that leads elsewhere or is there already. */
export function addNode(entries: Map<string, DriveNode>, name: string, node: DriveNode): void {
  const isBad = name === '' || name === '.' || name === '..' || /[/\0\ufffd]/.test(name) || name.length > 255;
  if (isBad) throw new ConfigDriveError('a file in it has an impossible name');
  if (entries.has(name)) throw new ConfigDriveError('two files in it have the same name');
  entries.set(name, node);
}
