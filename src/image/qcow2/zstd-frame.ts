const magic = 0xfd_2f_b5_28;
const runLengthBlock = 1;
const reservedBlock = 3;

/**
 * Bytes of the zstd frame at the start of `bytes` (RFC 8878, section 3.1.1), since node:zlib refuses whatever stands behind a
 * frame and a compressed cluster is padded to sectors. null where there is no whole frame.
 */
export function zstdFrameBytes(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 5 || view.getUint32(0, true) !== magic) return null;
  const descriptor = view.getUint8(4);
  let at = 5 + fieldBytes(descriptor);
  for (let isLast = false; !isLast; ) {
    if (at + 3 > bytes.length) return null;
    const header = view.getUint16(at, true) + view.getUint8(at + 2) * 0x1_0000;
    const type = (header >> 1) & 3;
    if (type === reservedBlock) return null;
    at += 3 + (type === runLengthBlock ? 1 : header >> 3);
    isLast = (header & 1) === 1;
  }
  const hasChecksum = (descriptor & 4) !== 0;
  if (hasChecksum) at += 4;
  return at <= bytes.length ? at : null;
}

/** Bytes of window, dictionary number and content size, as the descriptor tells. */
function fieldBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const content = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingleSegment ? 0 : 1) + dictionary + content;
}
