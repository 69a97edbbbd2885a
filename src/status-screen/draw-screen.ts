import { headline, type MachineView, type PortView } from './machine-view.ts';
import { printable, wrapped } from './printable.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Width of the names at the left. */
const margin = 9;
const mostStateLines = 6;
const fewestEvents = 3;

/** The whole screen as lines: never wider than the columns, never more than the rows; what matters less is left out first. */
export function drawScreen(view: MachineView, { columns, rows }: ScreenSize): readonly string[] {
  const top = [...heading(view), '', ...stateLines(view, columns)];
  const left = rows - top.length - 2;
  const ports = portLines(view.ports, Math.max(1, left - fewestEvents));
  const events = view.status?.events.slice(-Math.max(1, left - ports.length)) ?? [];
  const told = events.map(({ at, text, isBad }) => row(clock(at), `${isBad ? '! ' : ''}${text}`));
  return [...top, '', ...ports, '', ...told].slice(0, Math.max(0, rows)).map((line) => cut(line, columns));
}

/** `12:00:59` of an ISO 8601 time. */
export function clock(at: string): string {
  return at.slice(11, 19);
}

function heading({ at, version, machine, status, down, isApiAlive }: MachineView): readonly string[] {
  const away = [...new Set([...down, ...(isApiAlive ? (status?.missing ?? []) : [])])];
  const node = status?.node;
  return [
    row('Ironhand', `${version}, ${at.slice(0, 10)} ${clock(at)} UTC`),
    row('Machine', machine),
    row('Node', node ? `${node.uuid}${node.name === null ? '' : ` (${node.name})`}` : 'not known yet'),
    row('Agent', status?.url ?? 'does not listen yet'),
    row('Ironic', status?.ironic.join(', ') || 'no address given'),
    ...(status?.answer ? [row('', `${clock(status.answer.at)} ${status.answer.text}`)] : []),
    ...(away.length === 0 ? [] : [row('Down', away.join(', '))]),
  ];
}

function stateLines(view: MachineView, columns: number): readonly string[] {
  const { state, text } = headline(view);
  const reason = wrapped(text, Math.max(1, columns - margin)).map((line) => row('', line));
  const command = view.isApiAlive ? view.status?.command : null;
  const bar = command?.fraction == null ? [] : [row('', progressBar(command.fraction, columns - margin))];
  const devices = command?.devices.map((line) => row('', line)) ?? [];
  return [row('State', state), ...short([...reason, ...bar, ...devices], mostStateLines)];
}

function progressBar(fraction: number, columns: number): string {
  const width = Math.max(0, Math.min(50, columns) - 2);
  const done = Math.floor(fraction * width);
  return `[${'#'.repeat(done)}${'.'.repeat(width - done)}]`;
}

function portLines(ports: readonly PortView[], most: number): readonly string[] {
  const lines = ports.map(({ name, mac, hasLink, addresses }) => {
    const told = addresses.join(' ') || 'no address';
    return row(name, `${mac} ${hasLink ? 'link up' : 'no link'} ${told}`);
  });
  return short(lines, most);
}

function short(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), row('', `and ${lines.length - most + 1} more`)];
}

function row(name: string, text: string): string {
  return `${printable(name).padEnd(margin - 1)} ${printable(text)}`;
}

function cut(line: string, columns: number): string {
  return line.slice(0, Math.max(0, columns)).trimEnd();
}
