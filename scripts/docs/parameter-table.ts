import type { Schema } from 'joi';
import { type JsonSchema, jsonSchemaOf, typeText } from './json-schema.ts';
import { code, table } from './markdown.ts';

function rows(schema: JsonSchema, prefix: string): string[][] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const need = required.has(name) ? 'yes' : 'no';
    const fallback = property.default === undefined ? '' : code(JSON.stringify(property.default));
    return [
      [code(path), typeText(property), need, fallback, property.description ?? ''],
      ...rows(property, `${path}.`),
    ];
  });
}

/** The keys of an object schema, those of objects within it under dotted names. */
export function parameterTable(schema: Schema): string {
  const found = rows(jsonSchemaOf(schema), '');
  if (found.length === 0) return 'No parameters.';
  return table(['Parameter', 'Type', 'Required', 'Default', 'Meaning'], found);
}
