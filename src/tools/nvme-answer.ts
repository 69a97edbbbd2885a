import { ToolError } from '../errors/tool-error.ts';

/** NVM Express Base Specification 2.0, figure 97: generic command status. */
export const nvmeStatus = { sanitizeInProgress: 0x1d, hostIdentifierFormat: 0x18, formatInProgress: 0x84 } as const;

/** SCT and SC; above them lie CRD, M and DNR. */
const codeMask = 0x7ff;

/** The status with which a drive refused a command, as nvme prints it; null where the failure is another one. */
export function nvmeStatusOf(error: unknown): number | null {
  if (!(error instanceof ToolError)) return null;
  const status = /NVMe status: .*\((0x[0-9a-f]+)\)/i.exec(error.stderrTail)?.[1];
  return status === undefined ? null : Number(status) & codeMask;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Throws where the text is no JSON object. */
export function parseObject(what: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`nvme ${what} gave no JSON: ${excerpt(text)}`, { cause: error });
  }
  return objectOf(what, value);
}

export function objectOf(what: string, value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`nvme ${what} gave no object: ${excerpt(String(JSON.stringify(value)))}`);
  }
  return value as JsonObject;
}

/** A number of an answer; nvme prints 32 bits that begin with a one as a negative number. Throws where there is none. */
export function numberOf(what: string, object: JsonObject, key: string): number {
  const value = object[key];
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new Error(`nvme ${what} gave no ${key}: ${excerpt(JSON.stringify(object))}`);
  }
  return value < 0 ? value >>> 0 : value;
}

/** Throws where there is no text. */
export function textOf(what: string, object: JsonObject, key: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw new Error(`nvme ${what} gave no ${key}: ${excerpt(JSON.stringify(object))}`);
  return value.trim();
}

function excerpt(text: string): string {
  return text.slice(0, 200);
}
