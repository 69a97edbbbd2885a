import type { Config } from '../src/core/config.ts';
import { emulatedAgentVersion } from '../src/ironic/agent-version.ts';
import { callbackUrl } from '../src/ironic/callback-url.ts';
import { type Heartbeat, startHeartbeat } from '../src/ironic/heartbeat.ts';
import type { IronicLog } from '../src/ironic/ironic-log.ts';
import type { Association } from './association.ts';

export interface ConductorHeartbeatDeps {
  readonly association: Association;
  readonly config: Config;
  /** Where the api listens. */
  readonly listening: { readonly protocol: 'http' | 'https'; readonly port: number };
  readonly token: string | null;
  readonly verifyCa: () => string | null;
  readonly statusMessage: () => string | null;
  readonly log: IronicLog;
}

/**
 * The heartbeats of this agent. A conductor answers the first one with commands at once, so what it must find then has to be `ready`.
 * Forcing one before that does nothing: the first one tells all that a forced one would.
 */
export class ConductorHeartbeat {
  readonly #deps: ConductorHeartbeatDeps;
  #heartbeat: Heartbeat | null = null;
  #isStopped = false;

  constructor(deps: ConductorHeartbeatDeps) {
    this.#deps = deps;
  }

  async startAfter(ready: Promise<void>): Promise<void> {
    await ready;
    if (!this.#isStopped) this.#heartbeat = this.#start();
  }

  force(): void {
    this.#heartbeat?.force();
  }

  /** A request of the conductor was accepted. */
  heard(): void {
    this.#heartbeat?.heard();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#heartbeat?.stop();
  }

  #start(): Heartbeat {
    const { association, config, listening, token, verifyCa, statusMessage, log } = this.#deps;
    const url = callbackUrl({
      protocol: config.advertiseProtocol ?? listening.protocol,
      host: association.address,
      port: config.advertisePort ?? listening.port,
    });
    return startHeartbeat(
      association.client,
      {
        nodeUuid: association.nodeUuid,
        timeoutSeconds: association.settings.heartbeatTimeoutSeconds,
        content: () => ({
          callbackUrl: url,
          agentToken: token,
          agentVersion: emulatedAgentVersion,
          agentVerifyCa: verifyCa(),
          statusMessage: statusMessage(),
        }),
      },
      log,
    );
  }
}
