/**
 * Replaces identities by others that can be told as such: the same one always by the same one, and by one of the same length, so
 * that tables and columns stay what they are. Numbers are given in the order of first sight.
 */
export class Pseudonyms {
  readonly #given = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** `aa:bb:cc:dd:ee:ff` becomes `aa:bb:cc:00:00:01`: whose card it is stays known. Nobody's and everybody's stay. */
  mac(address: string): string {
    const lower = address.toLowerCase();
    if (/^(00(:00){5}|ff(:ff){5})$/.test(lower)) return address;
    return this.#give('mac', lower, (number) => `${lower.slice(0, 9)}${hexBytes(number, 3).join(':')}`);
  }

  uuid(uuid: string): string {
    const bare = uuid.toLowerCase().replace(/[^0-9a-f]/g, '');
    if (/^(0+|f+)$/.test(bare)) return uuid;
    const digits = this.#give('uuid', bare, (number) => `00000000000040008000${hex(number, 12)}`.slice(-bare.length));
    let next = 0;
    return uuid.replace(/[0-9a-f]/gi, () => digits[next++] ?? '0');
  }

  /** Only digits and X; what has less than three characters tells nothing. */
  serial(serial: string): string {
    if (serial.length < 3) return serial;
    const key = serial.toUpperCase();
    return this.#give('serial', key, (number) => String(number).padStart(3, '0').padStart(serial.length, 'X'));
  }

  /** Sixteen hexadecimal digits or 32: the type of the name and the maker stay. */
  wwn(digits: string): string {
    const lower = digits.toLowerCase();
    return this.#give('wwn', lower, (number) => `${lower.slice(0, 7)}${hex(number, lower.length - 7)}`);
  }

  /** Addresses for documentation: RFC 5737, RFC 3849; a link-local one stays one. */
  ipv4(address: string): string {
    return this.#give('ipv4', address, (number) => `192.0.2.${number}`);
  }

  ipv6(address: string): string {
    const prefix = /^fe80:/i.test(address) ? 'fe80::' : '2001:db8::';
    return this.#give('ipv6', address.toLowerCase(), (number) => `${prefix}${number.toString(16)}`);
  }

  #give(kind: string, identity: string, make: (number: number) => string): string {
    const key = `${kind} ${identity}`;
    const known = this.#given.get(key);
    if (known !== undefined) return known;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const made = make(number);
    this.#given.set(key, made);
    return made;
  }
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}

function hexBytes(number: number, bytes: number): readonly string[] {
  return hex(number, bytes * 2).match(/../g) ?? [];
}
