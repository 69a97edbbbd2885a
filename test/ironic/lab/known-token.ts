import type { Stage } from './flow.ts';
import { setInternalInfo } from './internal-info.ts';

/** For `--agent-token`; at least 32 characters. */
export const knownToken = 'a-token-that-the-agent-knows-from-its-media';

/**
 * Does what the conductor does where it boots an agent from virtual media with the token on it, which fake boot cannot: the node
 * has that token, and keeps it over power actions. To be called while the node waits for its agent and nobody holds it.
 */
export function tokenOnMedia(stage: Stage): void {
  setInternalInfo(stage, { agent_secret_token: knownToken, agent_secret_token_pregenerated: true });
}
