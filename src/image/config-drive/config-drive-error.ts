/**
 * A config drive that cannot be used. Its message never quotes the content of the drive, nor user, password or query of an
 * address: it ends up in logs and in the answer to the conductor.
 */
export class ConfigDriveError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigDriveError';
  }
}
