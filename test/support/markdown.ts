import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../scripts/check-stages.ts';

/** A fenced block of code. */
export interface FencedBlock {
  /** Text of the heading that it stands under, without the #s. */
  readonly heading: string;
  /** The word after the opening fence; empty when there is none. */
  readonly language: string;
  /** Without the fences, with a newline at the end of each line. */
  readonly text: string;
}

/** A page of the project as text, by its path from the project folder. */
export function readPage(page: string): string {
  return readFileSync(path.join(projectRoot, page), 'utf8');
}

/** The fenced blocks of a page, in their order (CommonMark 0.31, section 4.5; only unindented fences of three backticks). */
export function fencedBlocks(text: string): readonly FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let heading = '';
  let open: { language: string; lines: string[] } | null = null;
  for (const line of text.split('\n')) {
    const fence = /^```(\w*)$/.exec(line);
    if (open && fence) {
      blocks.push({ heading, language: open.language, text: open.lines.map((each) => `${each}\n`).join('') });
      open = null;
    } else if (open) open.lines.push(line);
    else if (fence) open = { language: fence[1] ?? '', lines: [] };
    else heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
  }
  return blocks;
}

/** The text around the fenced blocks. */
export function prose(text: string): string {
  return text.replace(/^```\w*\n[\s\S]*?^```$/gm, '');
}

/** The commands of a page, by default the README, under one heading that a reader types into a shell. */
export function shellBlocks(heading: string, page = 'README.md'): readonly string[] {
  const blocks = fencedBlocks(readPage(page)).filter((block) => block.language === 'sh');
  return blocks.filter((block) => block.heading === heading).map(({ text }) => text);
}
