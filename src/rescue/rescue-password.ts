import { InvalidCommandParamsError } from '../errors/catalogue.ts';
import { sha256Crypt } from './sha256-crypt.ts';

/** What crypt(5) takes; of a longer password the rest would be no part of it. */
const longestPasswordBytes = 511;

const salt = '[./0-9A-Za-z]{1,16}';

/** Forms of crypt(5) that are still held to be safe; the conductor makes the first or the second. */
const hashForms = [
  new RegExp(`^\\$5\\$(rounds=[1-9][0-9]{3,8}\\$)?${salt}\\$[./0-9A-Za-z]{43}$`),
  new RegExp(`^\\$6\\$(rounds=[1-9][0-9]{3,8}\\$)?${salt}\\$[./0-9A-Za-z]{86}$`),
  /^\$g?y\$[./0-9A-Za-z]+\$[./0-9A-Za-z]{0,86}\$[./0-9A-Za-z]{43}$/,
  /^\$7\$[./0-9A-Za-z]{11,97}\$[./0-9A-Za-z]{43}$/,
  /^\$2[abxy]\$[0-9]{2}\$[./0-9A-Za-z]{53}$/,
];

/**
 * The hash of a rescue password, as it may stand in /etc/shadow. One that is said to be hashed is taken as it is, once it looks
 * like a hash: a password in clear text, a line break or a colon would make another entry of that file. Throws
 * InvalidCommandParamsError, which never tells the password.
 */
export function rescuePasswordHash(password: string, hashed: boolean): string {
  if (!hashed) {
    const bytes = Buffer.byteLength(password);
    if (bytes > 0 && bytes <= longestPasswordBytes) return sha256Crypt(password);
    throw new InvalidCommandParamsError(
      `rescue_password: expected a password of 1 to ${longestPasswordBytes} bytes, got ${bytes} bytes`,
    );
  }
  if (hashForms.some((form) => form.test(password))) return password;
  throw new InvalidCommandParamsError(
    'rescue_password: expected a hash as crypt(5) makes it (SHA-256, SHA-512, yescrypt, scrypt or bcrypt) because hashed is ' +
      `true, got ${password === '' ? 'an empty text' : 'something else'}`,
  );
}
