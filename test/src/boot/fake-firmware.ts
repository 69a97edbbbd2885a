import type { ToolCall } from '../../../src/core/tool.ts';
import { ToolError } from '../../../src/errors/tool-error.ts';

interface Variable {
  readonly label: string;
  readonly devicePath: string;
}

/** Boot variables in memory behind the command line of efibootmgr 17, as test/fixtures/tools/efibootmgr shows it. */
export interface FakeFirmware {
  readonly entries: Map<string, Variable>;
  order: string[];
  efibootmgr(args: readonly string[]): string;
}

/** `guid` is that of every partition an entry is made for. */
export function fakeFirmware(guid: string): FakeFirmware {
  const firmware: FakeFirmware = {
    entries: new Map([['0000', { label: 'UiApp', devicePath: 'FvVol(7cb8)/FvFile(462c)' }]]),
    order: ['0000'],
    efibootmgr(args) {
      const value = (flag: string): string => args[args.indexOf(flag) + 1] ?? '';
      const number = value('-b');
      if (args.includes('-c')) {
        if (firmware.entries.has(number)) fail(args, `Cannot create Boot${number}: already exists.`);
        const devicePath = `HD(${value('-p')},GPT,${guid},0x800,0x64000)/File(${value('-l')})`;
        firmware.entries.set(number, { label: value('-L'), devicePath });
        firmware.order.unshift(number);
      } else if (args.includes('-B')) {
        if (!firmware.entries.delete(number)) fail(args, 'Could not delete variable: No such file or directory');
        firmware.order = firmware.order.filter((other) => other !== number);
      }
      return show(firmware);
    },
  };
  return firmware;
}

/** For use as the answer of a recording context. */
export function answerWith(firmware: FakeFirmware): (call: ToolCall) => string {
  return ({ program, args }) => (program === 'efibootmgr' ? firmware.efibootmgr(args) : '');
}

function show({ order, entries }: FakeFirmware): string {
  const lines = [...entries]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([number, { label, devicePath }]) => `Boot${number}* ${label}\t${devicePath}\n`);
  return `Timeout: 0 seconds\nBootOrder: ${order.join(',')}\n${lines.join('')}`;
}

function fail(args: readonly string[], stderrTail: string): never {
  throw new ToolError({ program: 'efibootmgr', args }, { exitCode: 15, why: 'exit code 15', stderrTail });
}
