/** Where decoded image data goes: a disk, a partition, or in tests a file. Offsets are bytes from its start. */
export interface DiskSink {
  readonly sizeBytes: number;
  /**
   * Writes at any offset and length; resolves when the device has taken it (not yet durable), and only then `bytes` may change.
   * Several may be under way for ranges that do not overlap. Fast where memory and offset are aligned to sectors. Runs of zeros
   * are left out where the device is known to read as zero.
   */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  /** Makes a range read as zero, to the end of its last sector: by the device's own means, else by writing. */
  zero(offset: number, length: number): Promise<void>;
}
