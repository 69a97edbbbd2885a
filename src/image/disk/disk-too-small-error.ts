/** The image needs more room than the disk has; nothing was written beyond its end. */
export class DiskTooSmallError extends Error {
  constructor(target: { readonly path: string; readonly sizeBytes: number }, image: string) {
    super(`${target.path} has ${target.sizeBytes} bytes, the image has ${image}`);
    this.name = 'DiskTooSmallError';
  }
}
