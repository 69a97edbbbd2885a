import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** libfaketime of Debian's architecture-dependent folder, and its memory allocator's libc: redis brings one that calls the clock. */
const preload = `$(echo /usr/lib/*/faketime/libfaketimeMT.so.1 /lib/*-linux-gnu/libc.so.6)`;

/**
 * Everything that the agent starts goes by way of setpriv(1), found in /usr/local/sbin first: there, for this machine alone, is one
 * that passes the false clock on. The monotonic clock stays true, as it does when somebody sets the clock of a machine.
 */
const wrapper = (offset: string): string => `#!/bin/sh
export LD_PRELOAD="${preload}" FAKETIME_TIMESTAMP_FILE='${offset}'
export FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
exec /usr/bin/setpriv "$@"
`;

/**
 * libfaketime leaves shared memory behind, by the pids of this namespace: a /dev/shm of its own, with the folder of this machine in it.
 * Those of others may go at any moment.
 */
const begin = `set -e
mount --bind "$1" /usr/local/sbin
shift
mount -t tmpfs tmpfs /mnt
mkdir "/mnt/\${LAB_MACHINE##*/}"
mount --bind "$LAB_MACHINE" "/mnt/\${LAB_MACHINE##*/}"
mount --move /mnt /dev/shm
exec /usr/local/sbin/setpriv -- "$@"`;

/** The wall clock of a machine of the lab; it can be set to another time while an agent runs. */
export class WallClock {
  readonly #folder: string;

  /** In a folder that it makes, or that it made before. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(path.join(folder, 'sbin'), { recursive: true });
    writeFileSync(path.join(folder, 'sbin/setpriv'), wrapper(this.#offsetFile), { mode: 0o755 });
  }

  get #offsetFile(): string {
    return path.join(this.#folder, 'offset');
  }

  /** Starts a program by this clock. It has to be in a mount namespace of its own, and LAB_MACHINE names the folder that it keeps. */
  get startedBy(): readonly string[] {
    this.set('+0d');
    return ['sh', '-c', begin, 'wall-clock', path.join(this.#folder, 'sbin')];
  }

  /** How far it is from the truth, as faketime(1) writes it: `+1d`. */
  set(offset: `${'+' | '-'}${number}d`): void {
    writeFileSync(`${this.#offsetFile}.new`, `${offset}\n`);
    renameSync(`${this.#offsetFile}.new`, this.#offsetFile);
  }
}
