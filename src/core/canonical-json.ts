/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * JSON in the one form of the JSON Canonicalization Scheme (RFC 8785): keys sorted by UTF-16 code units, no space, numbers and
 * texts as ECMAScript writes them. Keys without a value are left out. Throws TypeError for what JSON cannot say, which half of
 * a surrogate pair is too.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item as Json)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    const sorted = entries.sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${sorted.map(([key, member]) => `${jsonText(key)}:${canonicalJson(member as Json)}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
  if (typeof value === 'string') return jsonText(value);
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`JSON has no ${typeof value}`);
  return text;
}

function jsonText(text: string): string {
  if (!text.isWellFormed()) throw new TypeError(`JSON has no half of a surrogate pair: ${JSON.stringify(text)}`);
  return JSON.stringify(text);
}
