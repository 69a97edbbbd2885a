/** A version of the Ironic API, `1.<minor>`; compared by number, as 1.9 is older than 1.10. */
export interface ApiVersion {
  readonly major: number;
  readonly minor: number;
}

/** The first versions of Ironic's API that know a thing (webapi-version-history of Ironic). */
export const apiVersions = {
  agentVersion: { major: 1, minor: 36 },
  agentToken: { major: 1, minor: 62 },
  agentVerifyCa: { major: 1, minor: 68 },
  agentStatusMessage: { major: 1, minor: 72 },
  continueInspection: { major: 1, minor: 84 },
} as const satisfies Record<string, ApiVersion>;

/** What a server is taken for that does not tell: as ironic-python-agent does. */
export const assumedApiVersion: ApiVersion = { major: 1, minor: 31 };

/** `1.68` as a version; null for anything else. */
export function parseApiVersion(text: unknown): ApiVersion | null {
  const match = typeof text === 'string' ? /^(\d{1,6})\.(\d{1,6})$/.exec(text) : null;
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : null;
}

export function formatApiVersion(version: ApiVersion): string {
  return `${version.major}.${version.minor}`;
}

export function isAtLeast(version: ApiVersion, wanted: ApiVersion): boolean {
  return version.major === wanted.major ? version.minor >= wanted.minor : version.major > wanted.major;
}

export function olderOf(one: ApiVersion, other: ApiVersion): ApiVersion {
  return isAtLeast(one, other) ? other : one;
}

/** The newest version that `GET /` of the Ironic API tells of; null when the document does not say. */
export function newestVersionIn(rootDocument: unknown): ApiVersion | null {
  const { default_version: newest } = (rootDocument ?? {}) as { default_version?: { version?: unknown } };
  return parseApiVersion(newest?.version);
}
