import type { Redis } from 'ioredis';
import type { AgentFacts, AgentState } from '../core/agent-state.ts';
import type { Keys } from './keys.ts';

/** AgentState in a hash of Redis. */
export function createAgentState(redis: Redis, keys: Keys): AgentState {
  return {
    async read<K extends keyof AgentFacts>(fact: K) {
      const text = await redis.hget(keys.facts, fact);
      return text === null ? null : (JSON.parse(text) as AgentFacts[K]);
    },
    async write(fact, value) {
      await redis.hset(keys.facts, fact, JSON.stringify(value));
    },
  };
}
