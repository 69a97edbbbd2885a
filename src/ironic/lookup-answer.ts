import Joi from 'joi';
import type { LookupSettings } from '../core/agent-state.ts';
import type { IronicNode } from '../core/ironic-node.ts';
import { LookupNodeError } from '../errors/catalogue.ts';

/** What Ironic tells the agent along with its node; null where it did not say. */
export interface LookupConfig {
  readonly heartbeatTimeoutSeconds: number;
  readonly tlsMinVersion: '1.2' | '1.3' | null;
  readonly tlsCipherSuites: string | null;
  readonly md5Enabled: boolean | null;
  readonly disableDeepImageInspection: boolean | null;
  readonly permittedImageFormats: readonly string[] | null;
  readonly skipBmcDetect: boolean | null;
}

/** The token in a lookup answer: a new one, a note that it was given before, or none. */
export type LookupToken =
  | { readonly kind: 'given'; readonly token: string }
  | { readonly kind: 'given-before' }
  | { readonly kind: 'none' };

export interface LookupAnswer {
  readonly node: IronicNode;
  readonly config: LookupConfig;
  readonly token: LookupToken;
}

/** What conductors have for [api]ramdisk_heartbeat_timeout by default. */
const usualHeartbeatTimeoutSeconds = 300;

const shortestToken = 32;

const seconds = Joi.number().positive();

/** Fields that we do not know are none of our business, and one that is not as expected must not cost the deployment. */
const configSchema = Joi.object({
  heartbeat_timeout: seconds,
  agent_token: Joi.string().allow(null, ''),
  tls_min_version: Joi.string().valid('1.2', '1.3').failover(null),
  tls_cipher_suites: Joi.string().failover(null),
  agent_md5_checksum_enable: Joi.boolean().failover(null),
  disable_deep_image_inspection: Joi.boolean().failover(null),
  permitted_image_formats: Joi.array().items(Joi.string()).failover(null),
  agent_skip_bmc_detect: Joi.boolean().failover(null),
}).unknown();

const answerSchema = Joi.object({
  node: Joi.object({ uuid: Joi.string().min(1).required() })
    .unknown()
    .required(),
  config: configSchema.default({}),
  /** Where old conductors had it. */
  heartbeat_timeout: seconds,
})
  .unknown()
  .required();

/** Reads the body of a lookup answer. Throws LookupNodeError for one without a node, or with nonsense in it. */
export function parseLookupAnswer(body: unknown): LookupAnswer {
  const { error, value } = answerSchema.validate(body, { errors: { label: 'path' } });
  if (error) throw new LookupNodeError(`Ironic answered a lookup with ${error.message}`, { cause: error });
  const { config } = value;
  return {
    node: value.node,
    config: {
      heartbeatTimeoutSeconds: config.heartbeat_timeout ?? value.heartbeat_timeout ?? usualHeartbeatTimeoutSeconds,
      tlsMinVersion: config.tls_min_version ?? null,
      tlsCipherSuites: config.tls_cipher_suites ?? null,
      md5Enabled: config.agent_md5_checksum_enable ?? null,
      disableDeepImageInspection: config.disable_deep_image_inspection ?? null,
      permittedImageFormats: config.permitted_image_formats ?? null,
      skipBmcDetect: config.agent_skip_bmc_detect ?? null,
    },
    token: parseToken(config.agent_token),
  };
}

/** What of it the workers need to know. */
export function lookupSettings({
  md5Enabled,
  permittedImageFormats,
  disableDeepImageInspection,
  skipBmcDetect,
}: LookupConfig): LookupSettings {
  return { md5Enabled, permittedImageFormats, disableDeepImageInspection, skipBmcDetect };
}

/** A token that is too short to be one counts as none, as in ironic-python-agent. */
function parseToken(token: string | null | undefined): LookupToken {
  if (!token) return { kind: 'none' };
  if (/^\*+$/.test(token)) return { kind: 'given-before' };
  return token.length >= shortestToken ? { kind: 'given', token } : { kind: 'none' };
}

/** Whether Ironic gave the token to somebody before and nobody here knows it: until it gives a new one, every heartbeat is refused. */
export function isTokenElsewhere(answer: LookupToken, known: string | null): boolean {
  return answer.kind === 'given-before' && known === null;
}

/** The token to use from now on: the one that Ironic gave, else the one that is known already. */
export function agentTokenAfterLookup(answer: LookupToken, known: string | null): string | null {
  return answer.kind === 'given' ? answer.token : known;
}
