const colour = process.stdout.isTTY;

/** A line of the story that the demo tells. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A heading: what Ironic does next. */
export function chapter(text: string): void {
  say(colour ? `\n\u001b[1m==> ${text}\u001b[0m` : `\n==> ${text}`);
}

/** A line that replaces the one before it, where the output is a terminal. */
export function sayOver(text: string): void {
  process.stdout.write(colour ? `\r\u001b[K    ${text}` : `    ${text}\n`);
}

export function endOver(): void {
  if (colour) process.stdout.write('\n');
}
