/** Stands where a secret stood. */
const mask = '***';

/** Keys whose value is never shown, wherever they appear: in a log, on the dashboard, in a job that is read back. */
export const secretKeys: ReadonlySet<string> = new Set([
  'agent_secret_token',
  'agent_token',
  'agentToken',
  'authorization',
  'bootc_authorized_keys',
  'configdrive',
  'cookie',
  'dashboardPassword',
  'image_request_authorization',
  'image_server_password',
  'imageServerPassword',
  'ipmi_password',
  'oci_pull_secret',
  'password',
  'pull_secret',
  'redfish_password',
  'rescue_password',
  'set-cookie',
  'snmp_auth_key',
  'snmp_priv_key',
  'system_logs',
]);

const secretQuery =
  'agent_token|access_token|token|sig|signature|temp_url_sig|password|x-amz-signature|x-amz-credential|' +
  'x-amz-security-token|x-goog-signature|x-goog-credential|awsaccesskeyid|key-pair-id|policy';

const inQuery = new RegExp(`([?&;](?:${secretQuery})=)[^&;#\\s"'<>]*`, 'gi');
const userInfo = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^/?#\s"'@]*(?:@[^/?#\s"'@]*)*@/gi;

/** Masks what is secret in the URLs of a text: the agent token, user info, signatures in the query. */
export function redactUrl(text: string): string {
  return text.replace(userInfo, `$1${mask}@`).replace(inQuery, `$1${mask}`);
}

const keyNames = [...secretKeys].join('|');
/** `"key": "value"`, also with the quotes escaped, as it stands in JSON and Python inside a log line. */
const inJson = new RegExp(`(\\\\?["'](?:${keyNames})\\\\?["']\\s*:\\s*\\\\?["'])[^"'\\\\]*`, 'gi');
/** `key=value`, as in an INI file, an environment and on the kernel command line. */
const inAssignment =
  /((?:^|[\s"'_-])(?:agent|dashboard|image.server|rescue)[_-](?:token|password)["']?\s*=\s*["']?)[^\s"']+/gim;
const inHeader = /(\bauthorization["']?\s*[:=]\s*["']?(?:bearer |basic )?)[^\s"',]+/gi;

/** Masks secrets in a text of any kind, such as a line of somebody else's log. */
export function redactText(text: string): string {
  return redactUrl(text).replace(inJson, `$1${mask}`).replace(inAssignment, `$1${mask}`).replace(inHeader, `$1${mask}`);
}

/** Whether a value must be kept from job data and logs: by its key, or because it is a URL with a secret in it. */
export function isSecret(key: string, value: unknown): boolean {
  if (!isTold(value)) return false;
  return isSecretKey(key) || (typeof value === 'string' && redactUrl(value) !== value);
}

function isSecretKey(key: string): boolean {
  return secretKeys.has(key) || secretKeys.has(key.toLowerCase());
}

const deepest = 32;

/**
 * A copy of any value that may be shown: what stands under a secret key is masked, at any depth, and so are secrets inside
 * texts. Errors become plain objects. What is deeper than 32 levels, or contains itself, is cut off.
 */
export function redactSecrets(value: Readonly<Record<string, unknown>>): Record<string, unknown>;
export function redactSecrets(value: unknown): unknown;
export function redactSecrets(value: unknown): unknown {
  return redactValue(value, []);
}

function redactValue(value: unknown, parents: readonly object[]): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (parents.length >= deepest || parents.includes(value)) return '[cut off]';
  const within = [...parents, value];
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, within));
  if (value instanceof Error) return redactError(value, within);
  return redactEntries(Object.entries(value), within);
}

function redactEntries(entries: readonly (readonly [string, unknown])[], parents: readonly object[]) {
  return Object.fromEntries(
    entries.map(([key, item]) => [key, isSecretKey(key) && isTold(item) ? mask : redactValue(item, parents)]),
  );
}

/** Whether there is anything to hide: that a secret is missing is no secret. */
function isTold(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '';
}

function redactError(error: Error, parents: readonly object[]) {
  const { name, message, stack, cause, ...more } = error;
  const told = { type: name, message, stack, ...more, ...(cause === undefined ? {} : { cause }) };
  return redactEntries(Object.entries(told), parents);
}
