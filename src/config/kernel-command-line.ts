/**
 * Parameters of a kernel command line, by name; the last of equal names counts. A value may stand in double quotes, around
 * itself or around the whole parameter (Documentation/admin-guide/kernel-parameters.rst). A word without `=` has no value
 * and is left out, as in ironic-python-agent. Everything after `--` belongs to init and is read too.
 */
export function parseKernelCommandLine(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const word of text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []) {
    const plain = word.replaceAll('"', '');
    const equals = plain.indexOf('=');
    if (equals > 0) parameters.set(plain.slice(0, equals), plain.slice(equals + 1));
  }
  return parameters;
}
