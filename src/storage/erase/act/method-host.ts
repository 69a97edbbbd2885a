import { isCancelled } from '../../../core/job-cancelled.ts';
import type { Host } from '../../../core/job-context.ts';
import type { ToolCall } from '../../../core/tool.ts';
import type { EraseMethod } from '../method.ts';

/**
 * The host as a method sees it. One that cannot be cancelled hears nothing of a cancellation, nor do its programs: the drive
 * would go on without anybody who looks. That the worker stops, it hears.
 */
export function methodHost({ cancellable }: Pick<EraseMethod, 'cancellable'>, host: Host): Host {
  if (cancellable) return host;
  const signal = stopSignal(host.signal);
  return { ...host, signal, run: (call) => host.run(untilStop(call, signal)) };
}

function untilStop(call: ToolCall, stop: AbortSignal): ToolCall {
  if (call.evenWhenAborted) return call;
  return { ...call, evenWhenAborted: true, signal: call.signal ? AbortSignal.any([call.signal, stop]) : stop };
}

const stopSignals = new WeakMap<AbortSignal, AbortSignal>();

/** Aborts with the given one, unless that was aborted by a cancellation. */
function stopSignal(signal: AbortSignal): AbortSignal {
  const known = stopSignals.get(signal);
  if (known) return known;
  const controller = new AbortController();
  const onAbort = (): void => {
    if (!isCancelled(signal)) controller.abort(signal.reason);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  stopSignals.set(signal, controller.signal);
  return controller.signal;
}
