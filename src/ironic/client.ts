import type { Config } from '../core/config.ts';
import { IronicAPIError } from '../errors/catalogue.ts';
import { errorText } from '../errors/guards.ts';
import {
  type ApiVersion,
  apiVersions,
  assumedApiVersion,
  formatApiVersion,
  newestVersionIn,
  olderOf,
  parseApiVersion,
} from './api-version.ts';
import { type HeartbeatContent, heartbeatRequest } from './heartbeat-request.ts';
import { type HttpAnswer, HttpClient, type HttpRequest, NoAnswerError } from './http-client.ts';
import type { IronicLog } from './ironic-log.ts';
import { readTlsFiles } from './tls-files.ts';

/** The part of the configuration that says how to reach Ironic. */
export type IronicSettings = Pick<
  Config,
  | 'apiUrls'
  | 'ironicApiVersion'
  | 'globalRequestId'
  | 'httpRequestTimeoutSeconds'
  | 'insecure'
  | 'caFile'
  | 'certFile'
  | 'keyFile'
>;

/** Ironic's API, as far as an agent uses it. Each call throws IronicAPIError when no API URL gives an answer. */
export interface IronicClient {
  /** The URL that answered last, first. */
  readonly apiUrls: readonly string[];
  /** The newest version that Ironic speaks; asked for once. Assumed to be old while Ironic does not tell. */
  newestVersion(signal?: AbortSignal): Promise<ApiVersion>;
  /** Asks Ironic itself, also where the settings say a version; null when it does not tell. */
  askVersion(signal?: AbortSignal): Promise<ApiVersion | null>;
  /** What Ironic itself told; null while it has not, also where the settings say a version. */
  readonly toldVersion: ApiVersion | null;
  lookup(
    query: { readonly addresses: readonly string[]; readonly nodeUuid?: string | null },
    signal?: AbortSignal,
  ): Promise<HttpAnswer>;
  heartbeat(nodeUuid: string, content: HeartbeatContent, signal?: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

export function createIronicClient(settings: IronicSettings, log: IronicLog): IronicClient {
  return new Client(settings, log);
}

class Client implements IronicClient {
  readonly #settings: IronicSettings;
  readonly #log: IronicLog;
  readonly #http: HttpClient;
  #urls: readonly string[];
  #version: ApiVersion | null;
  #toldVersion: ApiVersion | null = null;

  constructor(settings: IronicSettings, log: IronicLog) {
    this.#settings = settings;
    this.#log = log;
    this.#urls = settings.apiUrls.map((url) => url.replace(/\/+$/, ''));
    this.#version = parseApiVersion(settings.ironicApiVersion);
    this.#http = new HttpClient({
      timeoutSeconds: settings.httpRequestTimeoutSeconds,
      insecure: settings.insecure,
      ...readTlsFiles(settings),
    });
  }

  get apiUrls(): readonly string[] {
    return this.#urls;
  }

  get toldVersion(): ApiVersion | null {
    return this.#toldVersion;
  }

  async newestVersion(signal?: AbortSignal): Promise<ApiVersion> {
    this.#version ??= await this.askVersion(signal);
    return this.#version ?? assumedApiVersion;
  }

  async askVersion(signal?: AbortSignal): Promise<ApiVersion | null> {
    try {
      const answer = await this.#request('/', { method: 'GET' }, signal);
      this.#toldVersion = answer.status === 200 ? newestVersionIn(answer.json) : null;
      if (!this.#toldVersion) this.#log.warn({ status: answer.status }, 'Ironic does not tell its API version');
    } catch (error) {
      if (!(error instanceof IronicAPIError)) throw error;
      this.#log.warn({ err: error }, 'Ironic cannot be asked for its API version');
    }
    return this.#toldVersion;
  }

  async lookup(
    query: { readonly addresses: readonly string[]; readonly nodeUuid?: string | null },
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    const parameters = new URLSearchParams();
    if (query.addresses.length > 0) parameters.set('addresses', query.addresses.join(','));
    if (query.nodeUuid) parameters.set('node_uuid', query.nodeUuid);
    const version = olderOf(await this.newestVersion(signal), apiVersions.agentToken);
    return await this.#request(`/v1/lookup?${parameters}`, { method: 'GET', version }, signal);
  }

  async heartbeat(nodeUuid: string, content: HeartbeatContent, signal?: AbortSignal): Promise<HttpAnswer> {
    const newest = await this.newestVersion(signal);
    const { version, body } = heartbeatRequest(content, newest);
    const path = `/v1/heartbeat/${encodeURIComponent(nodeUuid)}`;
    return await this.#request(path, { method: 'POST', version, body }, signal);
  }

  close(): void {
    this.#http.close();
  }

  async #request(
    path: string,
    { version, ...request }: { method: HttpRequest['method']; version?: ApiVersion; body?: unknown },
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    const { globalRequestId } = this.#settings;
    const headers = {
      ...(version ? { 'X-OpenStack-Ironic-API-Version': formatApiVersion(version) } : {}),
      ...(globalRequestId ? { 'X-OpenStack-Request-ID': globalRequestId } : {}),
    };
    const failures: NoAnswerError[] = [];
    for (const url of this.#urls) {
      try {
        const answer = await this.#http.request({
          ...request,
          url: `${url}${path}`,
          headers,
          ...(signal ? { signal } : {}),
        });
        this.#urls = [url, ...this.#urls.filter((other) => other !== url)];
        return answer;
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof NoAnswerError)) throw error;
        failures.push(error);
      }
    }
    throw new IronicAPIError(failures.map(errorText).join('; ') || 'no api_url is configured', { cause: failures[0] });
  }
}
