/** Turns bytes that come in pieces into base64: a group of three bytes may reach across pieces. */
export function base64Text(append: (text: string) => void): {
  readonly write: (bytes: Buffer) => void;
  readonly end: () => void;
} {
  let rest = Buffer.alloc(0);
  return {
    write(bytes) {
      const all = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes;
      const whole = all.length - (all.length % 3);
      append(all.toString('base64', 0, whole));
      rest = Buffer.from(all.subarray(whole));
    },
    end() {
      append(rest.toString('base64'));
    },
  };
}
