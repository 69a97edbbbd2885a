/** A qcow2 image that is broken, hostile, or uses what Ironhand refuses by name; the message says which and where. */
export class InvalidQcow2Error extends Error {
  constructor(problem: string, options?: ErrorOptions) {
    super(`qcow2: ${problem}`, options);
    this.name = 'InvalidQcow2Error';
  }
}
