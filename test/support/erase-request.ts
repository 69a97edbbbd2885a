import type { EraseOptions } from '../../src/storage/erase/erase-options.ts';
import type { EraseMethod, MethodEvidence, Support } from '../../src/storage/erase/method.ts';
import type { EraseMethodName } from '../../src/storage/erase/method-name.ts';

/** What a node asks for that says nothing. */
export const usualEraseOptions: EraseOptions = {
  passes: [{ kind: 'stream' }, { kind: 'zeros' }],
  readBack: 'full',
  nvmeSecureErase: true,
  ataSecureErase: true,
  allowWeaker: false,
  skipReadOnly: false,
  concurrency: 4,
  controllerConcurrency: 16,
  method: null,
  dissolveArrays: false,
  fabricDevices: [],
};

/** Evidence of a method that had nothing to say. */
export const noEvidence: MethodEvidence = { tool: 'test', exitCode: null, bytes: 0, badRanges: [], details: {} };

/** A method that does nothing, for tests of what is decided about methods; fields given replace its own. */
export function makeMethod(name: EraseMethodName, fields: Partial<EraseMethod> = {}): EraseMethod {
  const support: Support = { kind: 'supported', how: `it has ${name}` };
  return {
    name,
    supports: () => support,
    estimate: () => 60,
    sanitization: () => (name === 'metadata' ? null : name === 'overwrite' ? 'clear' : 'purge'),
    reach: ({ device }) => [device.path],
    replay: 'repeat',
    cancellable: true,
    run: () => Promise.resolve(noEvidence),
    verify: () => Promise.resolve([]),
    ...fields,
  };
}
