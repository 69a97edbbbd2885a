import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type JobOwner, thisProcess } from '../queue/job-owner.ts';

const namePattern = /^ironhand-mount-(?<pid>\d+)\.(?<startTime>\d+)\.(?<namespace>\d+)-\w{6}$/;

/** A private directory to mount something in, whose name says which process made it. */
export async function makeMountDirectory(): Promise<string> {
  return await mkdtemp(join(tmpdir(), mountDirectoryPrefix(thisProcess())));
}

/** What the name of every mount directory of a process begins with. */
export function mountDirectoryPrefix({ pid, startTime, pidNamespace }: JobOwner): string {
  return `ironhand-mount-${pid}.${startTime}.${pidNamespace.replaceAll(/\D/g, '')}-`;
}

/** The process that made a mount directory; null for what is none. */
export function makerOf(path: string): JobOwner | null {
  const { pid, startTime, namespace } = namePattern.exec(basename(path))?.groups ?? {};
  if (pid === undefined || startTime === undefined || namespace === undefined) return null;
  return { pid: Number(pid), startTime, pidNamespace: `pid:[${namespace}]` };
}
