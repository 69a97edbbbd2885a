/** A partition table that contradicts itself or the disk it lies on. */
export class PartitionTableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PartitionTableError';
  }
}
