import type { Profile } from './profile.ts';

/** What logging in over the network takes. */
export const ssh: Pick<Profile, 'packages' | 'files'> = {
  packages: ['openssh-server'],
  files: { 'openssh-client': ['usr/bin/ssh-keygen'] }, // host keys of each boot
};
