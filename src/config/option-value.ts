import { ConfigurationError } from '../errors/catalogue.ts';
import type { OptionDeclaration } from './option.ts';

/** A raw value as its type. Throws ConfigurationError that names the option, the source, what was expected and what came. */
export function parseOptionValue<T>(option: OptionDeclaration<T>, raw: unknown, source: string): T {
  const { error, value } = option.type.schema.validate(raw, { convert: true });
  if (error) {
    const got = option.secret ? 'something else' : JSON.stringify(raw);
    throw new ConfigurationError(`${option.name}: expected ${option.type.expected}, got ${got} (${source})`, {
      // Joi's error quotes the value.
      cause: option.secret ? undefined : error,
    });
  }
  return value as T;
}
