/** A file cannot be injected. The message is what follows the path of the file; it has nothing of its content in it. */
export class InjectionError extends Error {
  override readonly name = 'InjectionError';
}
