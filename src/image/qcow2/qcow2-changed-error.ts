/** The image that streams by is not the one whose tables were read before: it changed on the server in between. */
export class Qcow2ChangedError extends Error {
  constructor(problem: string) {
    super(`qcow2: ${problem}`);
    this.name = 'Qcow2ChangedError';
  }
}
