import type { AgentStatus } from '../core/agent-status.ts';
import { isObject } from '../errors/guards.ts';
import { readOthersFile } from '../queue/root-only-file.ts';

/**
 * What the api wrote; null where there is nothing yet. The api is another user than the one who draws: a file that is not what it
 * should be counts for nothing. It is replaced as a whole, so a part of it is never seen.
 */
export function readStatus(file: string): AgentStatus | null {
  try {
    const status: unknown = JSON.parse(readOthersFile(file));
    return isStatus(status) ? status : null;
  } catch {
    return null;
  }
}

function isStatus(given: unknown): given is AgentStatus {
  if (!isObject(given)) return false;
  const { pid, url, ironic, node, answer, command, missing, events, ended } = given;
  return (
    Number.isInteger(pid) &&
    isTextOrNull(url) &&
    [ironic, missing].every(areTexts) &&
    (node === null || (isObject(node) && typeof node['uuid'] === 'string' && isTextOrNull(node['name']))) &&
    (answer === null || isEvent(answer)) &&
    Array.isArray(events) &&
    events.every(isEvent) &&
    (command === null || isActivity(command)) &&
    isTextOrNull(ended)
  );
}

function isEvent(given: unknown): boolean {
  return isObject(given) && typeof given['at'] === 'string' && typeof given['text'] === 'string';
}

function isActivity(given: unknown): boolean {
  if (!isObject(given)) return false;
  const { state, text, fraction, devices, error } = given;
  const isShare = fraction === null || (typeof fraction === 'number' && fraction >= 0 && fraction <= 1);
  return [state, text].every((each) => typeof each === 'string') && isShare && areTexts(devices) && isTextOrNull(error);
}

function areTexts(given: unknown): boolean {
  return Array.isArray(given) && given.every((each) => typeof each === 'string');
}

function isTextOrNull(given: unknown): boolean {
  return given === null || typeof given === 'string';
}
