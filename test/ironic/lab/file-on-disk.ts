import { createRunProgram } from '../../../scripts/demo-image/run-program.ts';
import { rootPartition } from './lab-images.ts';

export interface FileOnDisk {
  readonly content: string;
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
}

/** A file of the root file system of a whole-disk image of the lab, read by debugfs(8): nothing is mounted. */
export async function fileOnDisk(device: string, path: string): Promise<FileOnDisk> {
  const ask = (question: string): Promise<string> =>
    createRunProgram()('debugfs', ['-R', question, `${device}?offset=${rootPartition.startBytes}`]);
  const stat = await ask(`stat ${path}`);
  const field = (name: string): string => {
    const found = new RegExp(`\\b${name}:\\s*(\\d+)`).exec(stat)?.[1];
    if (found === undefined) throw new Error(`${path} is not on ${device}: debugfs said "${stat.trim()}"`);
    return found;
  };
  return {
    content: await ask(`cat ${path}`),
    mode: Number.parseInt(field('Mode'), 8),
    owner: Number(field('User')),
    group: Number(field('Group')),
  };
}
