import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

export interface SshLogin {
  readonly user: string;
  readonly host: string;
  readonly port?: number;
  /** File with the key; or the password, in a file that ssh(1) asks by way of a program in this directory. */
  readonly with: { readonly key: string } | { readonly password: string; readonly directory: string };
}

const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'ConnectTimeout=10'];

/** Runs a line in the shell of a machine whose key nobody knows; resolves with what it prints, without blanks at the ends. */
export async function ssh({ user, host, port = 22, with: proof }: SshLogin, line: string): Promise<string> {
  const [method, env] = 'key' in proof ? [['-i', proof.key, '-o', 'BatchMode=yes'], {}] : byPassword(proof);
  const args = [...method, '-p', String(port), ...options.flatMap((each) => ['-o', each]), `${user}@${host}`, line];
  const { stdout } = await promisify(execFile)('ssh', args, { env: { ...process.env, ...env }, timeout: 60_000 });
  return stdout.trim();
}

function byPassword({ password, directory }: { readonly password: string; readonly directory: string }) {
  const program = path.join(directory, 'password');
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' '${password}'\n`, { mode: 0o700 });
  const args = ['-o', 'PreferredAuthentications=password', '-o', 'NumberOfPasswordPrompts=1'];
  return [args, { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force' }] as const;
}
