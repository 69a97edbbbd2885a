import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type ApiNode, type IronicApi } from './ironic-api.ts';
import type { NodeWatch } from './node-watch.ts';

export interface NodeFields {
  readonly [field: string]: unknown;
}

/** One node of Ironic, driven as an operator drives it. */
export class LabNode {
  readonly uuid: string;
  readonly #api: () => IronicApi;
  readonly #watch: NodeWatch;
  readonly #letGo = new AbortController();

  private constructor(uuid: string, api: () => IronicApi, watch: NodeWatch) {
    this.uuid = uuid;
    this.#api = api;
    this.#watch = watch;
  }

  /** Enrols a node with one port. */
  static async enrol(
    api: () => IronicApi,
    watch: NodeWatch,
    fields: NodeFields & { readonly name: string },
    macAddress: string,
  ): Promise<LabNode> {
    const body = { driver: 'fake-hardware', properties: { cpu_arch: 'x86_64', local_gb: 10 }, ...fields };
    const { uuid } = await api().request<ApiNode>('POST', '/v1/nodes', body);
    await api().request('POST', '/v1/ports', { node_uuid: uuid, address: macAddress });
    return new LabNode(uuid, api, watch);
  }

  async show(): Promise<ApiNode> {
    return await this.#api().request<ApiNode>('GET', `/v1/nodes/${this.uuid}`);
  }

  /** Sets top-level fields. Waits while the conductor holds the node. */
  async set(fields: NodeFields): Promise<void> {
    const patch = Object.entries(fields).map(([field, value]) => ({ op: 'add', path: `/${field}`, value }));
    await this.#whenUnlocked(() => this.#api().request('PATCH', `/v1/nodes/${this.uuid}`, patch));
  }

  /** `baremetal node TARGET`: manage, provide, active, deleted, rebuild, clean, rescue, unrescue, inspect, service, abort. */
  async provision(target: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const path = `/v1/nodes/${this.uuid}/states/provision`;
    await this.#whenUnlocked(() => this.#api().request('PUT', path, { target, ...more }));
  }

  /** `baremetal node power on`. */
  async powerOn(): Promise<void> {
    const path = `/v1/nodes/${this.uuid}/states/power`;
    await this.#whenUnlocked(() => this.#api().request('PUT', path, { target: 'power on' }));
  }

  /** Tells of it at every look; returns what ends that. */
  onLook(listener: (node: ApiNode) => void): () => void {
    return this.#watch.onLook((node) => void (node.uuid === this.uuid && listener(node)));
  }

  async setMaintenance(on: boolean): Promise<void> {
    const path = `/v1/nodes/${this.uuid}/maintenance`;
    await this.#whenUnlocked(() =>
      this.#api().request(on ? 'PUT' : 'DELETE', path, on ? { reason: 'test' } : undefined),
    );
  }

  /** The node as soon as it satisfies the predicate. Throws with the node's last error when that takes too long. */
  async until(what: string, isSo: (node: ApiNode) => boolean, withinSeconds = 120): Promise<ApiNode> {
    const { promise, resolve, reject } = Promise.withResolvers<ApiNode>();
    const timer = setTimeout(() => {
      const { provision_state: state, last_error: error } = this.#watch.current(this.uuid) ?? {};
      reject(new Error(`${what}: not within ${withinSeconds} s; the node is in "${state}", last error: ${error}`));
    }, withinSeconds * 1000);
    const end = this.onLook((node) => {
      if (isSo(node)) resolve(node);
    });
    const { signal } = this.#letGo;
    const stop = (): void => reject(new Error(`${what}: nobody waits for it any more`));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      end();
    }
  }

  /** Rejects whatever still waits for it: a flow that failed elsewhere must not keep the process of its test. */
  letGo(): void {
    this.#letGo.abort();
  }

  /** The node when it rests in the wanted state. Throws as soon as it rests in a failed one instead. */
  async reaches(state: string, withinSeconds = 120): Promise<ApiNode> {
    const node = await this.rests(state, withinSeconds);
    if (node.provision_state === state) return node;
    throw new Error(`expected "${state}", got "${node.provision_state}": ${node.last_error}`);
  }

  /** The node when it rests in the wanted state, or in a failed one. */
  async rests(state: string, withinSeconds = 120): Promise<ApiNode> {
    const isSo = ({ provision_state: now, reservation, target_provision_state: target }: ApiNode): boolean =>
      reservation === null && (now.endsWith('failed') || now === 'error' || (now === state && target === null));
    return await this.until(`state "${state}"`, isSo, withinSeconds);
  }

  /** Removes it whatever its state. */
  async delete(): Promise<void> {
    await this.setMaintenance(true).catch(() => undefined);
    await this.#whenUnlocked(() => this.#api().request('DELETE', `/v1/nodes/${this.uuid}`));
  }

  async #whenUnlocked<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409 || attempt > 60) throw error;
        await sleep(500);
      }
    }
  }
}
