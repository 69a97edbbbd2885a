/** Partitions that a disk cannot have, or that do not agree with what it has; nothing was written. */
export class LayoutError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LayoutError';
  }
}
