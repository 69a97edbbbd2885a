/** A node as the API tells it: what the flows look at. */
export interface ApiNode {
  readonly uuid: string;
  readonly name: string;
  readonly provision_state: string;
  readonly target_provision_state: string | null;
  readonly power_state: string | null;
  /** Null when no power action is under way. */
  readonly target_power_state: string | null;
  readonly reservation: string | null;
  readonly last_error: string | null;
  readonly maintenance: boolean;
  readonly fault: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly raid_config: Readonly<Record<string, unknown>>;
  readonly driver_internal_info: Readonly<Record<string, unknown>>;
  readonly clean_step: { readonly step?: string } | null;
  readonly deploy_step: { readonly step?: string } | null;
  readonly service_step?: { readonly step?: string } | null;
}

/** An answer with a bad status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(request: string, status: number, text: string) {
    super(`${request}: ${status} ${text.slice(0, 1000)}`);
    this.status = status;
  }
}

/** The API of an Ironic of the lab, at its newest version. */
export class IronicApi {
  readonly url: string;
  /** `1.115` */
  readonly version: string;

  private constructor(url: string, version: string) {
    this.url = url;
    this.version = version;
  }

  static async at(url: string): Promise<IronicApi> {
    const answer = await fetch(`${url}/`, { signal: AbortSignal.timeout(10_000) });
    const root = (await answer.json()) as { default_version: { version: string } };
    return new IronicApi(url, root.default_version.version);
  }

  get minorVersion(): number {
    return Number(this.version.split('.')[1]);
  }

  /** Throws ApiError for every status from 400. */
  async request<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { 'Content-Type': 'application/json', 'X-OpenStack-Ironic-API-Version': this.version },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await answer.text();
    if (answer.status >= 400) throw new ApiError(`${method} ${path}`, answer.status, text);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  async nodes(): Promise<readonly ApiNode[]> {
    return (await this.request<{ nodes: ApiNode[] }>('GET', '/v1/nodes/detail')).nodes;
  }
}
