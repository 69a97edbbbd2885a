import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';
import { hasErrorCode } from '../errors/guards.ts';
import type { TarMember } from './tar.ts';

/** Of each file the end counts. */
const longestFileBytes = 4 * 1024 * 1024;

/** The text files below a directory, by their paths in it; those that are not text, or cannot be read, are left out. */
export function readLogDirectory(directory: string): TarMember[] {
  return filesBelow(directory).flatMap((path) => {
    const content = readEnd(path);
    return content === null || content.includes(0) ? [] : [{ name: `var-log/${relative(directory, path)}`, content }];
  });
}

function filesBelow(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return [];
    throw error;
  }
}

function readEnd(path: string): Buffer | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    // Rotated away meanwhile.
    if (hasErrorCode(error, 'ENOENT', 'EACCES')) return null;
    throw error;
  }
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, longestFileBytes));
    const length = readSync(descriptor, buffer, 0, buffer.length, Math.max(0, size - longestFileBytes));
    return buffer.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
