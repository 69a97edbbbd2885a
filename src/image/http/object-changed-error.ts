/** The object at an address is another one than before: what was read from it is of no use, the reader has to start over. */
export class ObjectChangedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ObjectChangedError';
  }
}
