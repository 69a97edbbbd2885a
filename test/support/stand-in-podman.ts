import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunTool } from '../../src/core/tool.ts';

export interface StandInPodman {
  /** Runs it in the place of podman, and everything else as it is. */
  readonly run: RunTool;
  /** The arguments of each call, oldest first. */
  readonly calls: () => readonly (readonly string[])[];
  /** Mode and content of the file of credentials while the image was pulled. */
  readonly authFile: () => string;
}

/** A program that writes down how it was called; asked to install, it writes the image to the device. No container ever runs. */
export function standInPodman(directory: string, image: string, run: RunTool): StandInPodman {
  const program = path.join(directory, 'stand-in-podman');
  const record = path.join(directory, 'calls');
  const auth = path.join(directory, 'auth');
  writeFileSync(
    program,
    `#!/bin/sh
printf '%s\\0' "$@" >> ${record}
printf '\\n' >> ${record}
for last in "$@"; do
  case "$last" in --authfile=*) stat -c %a "\${last#*=}" > ${auth}; cat "\${last#*=}" >> ${auth};; esac
done
[ "$1" != pull ] || [ "\${last%missing}" = "$last" ] || { echo 'manifest unknown' >&2; exit 125; }
case "$*" in run*broken*) echo 'bootc: no' >&2; exit 1;; esac
[ "$1" != run ] || dd if=${image} of="$last" bs=1M conv=fsync status=none
`,
  );
  chmodSync(program, 0o700);
  return {
    run: (call) => run(call.program === 'podman' ? { ...call, program } : call),
    calls: () =>
      readFileSync(record, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('\0').slice(0, -1)),
    authFile: () => readFileSync(auth, 'utf8'),
  };
}
