/** The device is no longer what an interrupted run has left: only a new start helps. */
export class ResumeRefusedError extends Error {
  override readonly name = 'ResumeRefusedError';
}
