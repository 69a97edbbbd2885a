import { errorText } from '../../errors/guards.ts';
import { parseAddress, showAddress } from './address.ts';
import { TransferError } from './transfer-error.ts';

/** One of the addresses of an object, and what is known of it. */
export interface Mirror {
  readonly address: string;
  /** As it may be shown. */
  readonly shown: string;
  /** Strong ETag that it sent; null where it sends none; undefined before its first answer. */
  validator: string | null | undefined;
  /** Why it is not asked again; null while it is. */
  givenUp: string | null;
}

/** The addresses of one object in order of preference, shared by all that read from it. */
export interface Mirrors {
  readonly all: readonly Mirror[];
  /** That which answered last. */
  preferred: Mirror;
}

/** Throws TransferError for an address that is none. */
export function createMirrors(addresses: readonly string[]): Mirrors {
  const all = addresses.map(
    (address): Mirror => ({
      address,
      shown: showAddress(parseAddress(address)),
      validator: undefined,
      givenUp: null,
    }),
  );
  const [first] = all;
  if (first === undefined) throw new TransferError('no address is given', { passing: false });
  return { all, preferred: first };
}

/** What an error says against a mirror, with the address that it happened at and the one it came from. */
export function reasonAgainst(mirror: Mirror, error: unknown): string {
  const text = errorText(error);
  return text.startsWith(mirror.shown) ? text : `${mirror.shown}: ${text}`;
}
