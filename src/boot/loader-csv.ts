/** What a BOOT.CSV says: which loader beside it to start, and under which name (shim's README.fallback). */
export interface LoaderCsv {
  readonly file: string;
  readonly label: string;
}

/**
 * Reads the first record of a BOOT.CSV: `file,label,options,comment` in UTF-16, with or without a byte order mark. Null when
 * it names no file. Options and comment are not used: the loader finds its configuration beside itself.
 */
export function parseLoaderCsv(bytes: Uint8Array): LoaderCsv | null {
  const line =
    decode(bytes)
      .split(/\r?\n/)
      .find((text) => text.trim() !== '') ?? '';
  const [file = '', label = ''] = line.split(',', 4).map(printable);
  return file === '' ? null : { file, label };
}

function decode(bytes: Uint8Array): string {
  // Text without a single zero byte is no UTF-16 of a file name: some images carry plain ASCII here.
  if (!bytes.includes(0)) return new TextDecoder('utf-8').decode(bytes);
  const bigEndian = bytes[0] === 0xfe && bytes[1] === 0xff;
  return new TextDecoder(bigEndian ? 'utf-16be' : 'utf-16le').decode(bytes);
}

/** Control characters in a label would make the list of boot entries unreadable. */
function printable(field: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
  return field.replace(/[\u0000-\u001f\u007f]/g, '').trim();
}
