import type { Schema } from 'joi';

interface Described {
  readonly flags?: { readonly description?: string };
  readonly keys?: Readonly<Record<string, Described>>;
  readonly items?: readonly Described[];
  readonly matches?: readonly { readonly schema?: Described }[];
}

/** Paths (`params.image_info.urls`) of all keys of a schema, at any depth, that have no description. */
export function keysWithoutDescription(schema: Schema, path: string): readonly string[] {
  return undescribed(schema.describe() as Described, path);
}

function undescribed({ keys = {}, items = [], matches = [] }: Described, path: string): readonly string[] {
  const own = Object.entries(keys).flatMap(([name, key]) => [
    ...(key.flags?.description ? [] : [`${path}.${name}`]),
    ...undescribed(key, `${path}.${name}`),
  ]);
  const inner = [...items, ...matches.flatMap(({ schema }) => schema ?? [])];
  return [...own, ...inner.flatMap((each) => undescribed(each, path))];
}
