import type { Effect } from '../core/tool.ts';
import type { RunningTool, StreamingCall } from '../tools/start.ts';
import type { LogSource } from './log-source.ts';

/** A program whose output tells how the machine is. All of them only read. */
export interface LogProgram extends Pick<LogSource, 'member' | 'newestFirst'> {
  readonly program: string;
  readonly args: readonly string[];
  /** The Debian package that brings it. */
  readonly package: string;
  /** Default: 10. */
  readonly timeoutSeconds?: number;
  /** Default: 4 MiB. */
  readonly limitBytes?: number;
}

export type StartProgram = (call: StreamingCall) => Pick<RunningTool, 'endInput' | 'output' | 'ended' | 'kill'>;

const effect: Effect = { kind: 'read' };

export function programSource(program: LogProgram, start: StartProgram): LogSource {
  return {
    timeoutSeconds: 10,
    limitBytes: 4 * 1024 * 1024,
    ...program,
    open() {
      const tool = start({ program: program.program, args: program.args, package: program.package, effect });
      tool.endInput();
      return { chunks: outputOf(tool), stop: (why) => tool.kill(why) };
    },
  };
}

async function* outputOf(tool: ReturnType<StartProgram>): AsyncGenerator<Buffer, void> {
  for await (const chunk of { [Symbol.asyncIterator]: () => tool.output }) yield chunk;
  await tool.ended;
}
