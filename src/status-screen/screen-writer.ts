import { clock, drawScreen, type ScreenSize } from './draw-screen.ts';
import { headline, type MachineView } from './machine-view.ts';
import { printable } from './printable.ts';

/** Draws on one console: returns what is to be written for this view, which may be nothing. */
export type ScreenWriter = (view: MachineView) => string;

/** The whole screen anew. In the last column nothing is written: terminals differ in what follows. */
export function fullScreen(size: () => ScreenSize): ScreenWriter {
  let before = '';
  return (view) => {
    const { columns, rows } = size();
    const lines = drawScreen(view, { columns: columns - 1, rows });
    const text = `\x1b[H${lines.map((line) => `\x1b[K${line}`).join('\r\n')}\x1b[J`;
    if (text === before) return '';
    before = text;
    return text;
  };
}

/** How often progress may add a line. */
const lineMilliseconds = 30_000;

/** For a console that somebody records: all of it when the state changes, else a line for what is new, without control characters. */
export function plainLines(size: ScreenSize): ScreenWriter {
  let state = '';
  let text = '';
  let writtenAt = 0;
  return (view) => {
    const now = headline(view);
    const time = Date.parse(view.at);
    const isNewState = now.state !== state;
    if (!isNewState && (now.text === text || time - writtenAt < lineMilliseconds)) return '';
    [state, text, writtenAt] = [now.state, now.text, time];
    if (isNewState) return `\n${drawScreen(view, size).join('\n')}\n`;
    return `${printable(`${clock(view.at)} ${now.state}: ${now.text}`).slice(0, size.columns)}\n`;
  };
}
