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
  'content',
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
/**
 * `"key": "value"`, as it stands in JSON and Python inside a log line, however often the quotes are escaped. The value ends at a
 * quote that is escaped as often as the first one, and with the line where that was cut off. Looked for at the first of several
 * backslashes only: a long line of them would take a minute.
 */
const inJson = new RegExp(
  String.raw`((?<!\\)\\*["'](?:${keyNames})\\*["']\s*:\s*[bu]?(\\*)(["']))(?!\2\3)[^\n]*?(?=(?<!\\)\2\3|$)`,
  'gim',
);
/** A secret key with anything else behind it: an object or a list cannot be told from what follows. */
const inJsonObject = new RegExp(String.raw`((?<!\\)\\*["'](?:${keyNames})\\*["']\s*:\s*)[{[][^\n]*`, 'gi');
const words = String.raw`[\w.-]{0,40}(?:token|passw(?:or)?d|passphrase|secret(?:[_-]?(?:access[_-]?)?key)?|configdrive|api[_-]?key)`;
/** `key=value`, as in an INI file, an environment and on the kernel command line; in quotes, escaped or not, up to the same ones. */
const inAssignment = new RegExp(
  String.raw`((?<![\w.-])${words}["']?\s*=\s*)(?:(\\*["'])[^\n]*?(?:\2|$)|[^\s"'&;]+)`,
  'gim',
);
/** `X-Auth-Token: value`, `--password value`. */
const inOption = new RegExp(String.raw`(--${words}\s+|\bx-[\w-]{0,30}token:\s*)[^\s"']+`, 'gi');
const inHeader = /(\bauthorization["']?\s*[:=]\s*["']?(?:bearer |basic )?)[^\s"',]+/gi;
const inCookie = /(\b(?:set-)?cookie:\s*)[^\n]+/gi;
/** Hashes as crypt(5) has them: of a rescue password, of /etc/shadow. */
const cryptHash = /\$(?:[156]|2[abxy]|7|y|gy|argon2(?:id?|d))\$[\w./=,$+-]{16,}/g;
/** Config drives, keys, archives: journald cuts long lines, so that their key may be in the line before. */
const longBase64 = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{400,}={0,2}/g;
const privateKey = /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[\w+/=\\\s]*/g;

/** Masks secrets in a text of any kind, such as a line of somebody else's log. */
export function redactText(text: string): string {
  const masked = redactUrl(text)
    .replace(inJson, `$1${mask}`)
    .replace(inJsonObject, `$1${mask}`)
    .replace(inAssignment, `$1${mask}`)
    .replace(inOption, `$1${mask}`)
    .replace(inHeader, `$1${mask}`)
    .replace(inCookie, `$1${mask}`);
  return masked.replace(privateKey, `$1${mask}`).replace(cryptHash, mask).replace(longBase64, mask);
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
