import { driveSize, roughDuration } from '../../src/core/amounts.ts';
import { visibleText } from '../../src/storage/erase/certificate/plain-text.ts';
import type { PresentedErase, PresentedPlan } from '../../src/storage/erase/plan/present-plan.ts';
import type { ReleaseAction } from '../../src/storage/holders/release-plan.ts';

const widest = { model: 24, serial: 24 };

/** An erase plan for somebody at a terminal: what stops it first, then disk by disk, then the hash. Pure. */
export function planText(plan: PresentedPlan, columns = 100): string {
  const { devices, release, left_out: leftOut, hash } = plan;
  const width = Math.max(60, columns);
  return [
    ...refusalLines(plan, width),
    ...titleLines(plan),
    ...deviceLines(devices, width),
    ...section('Taken down first, in this order:', release.map(releaseLine), width),
    ...section(
      'Left alone:',
      leftOut.map(({ device, why }) => `${device}: ${why}`),
      width,
    ),
    `Plan hash: ${hash}`,
  ].join('\n');
}

function titleLines(plan: PresentedPlan): readonly string[] {
  const { step, devices, refusals } = plan;
  if (devices.length > 0) {
    return [`${step} would ${refusals.length > 0 ? 'do this if it were not refused' : 'do this'}, ${pace(plan)}:`, ''];
  }
  return refusals.length > 0 ? [] : [`${step} has no disk to erase.`, ''];
}

function refusalLines({ step, refusals }: PresentedPlan, width: number): readonly string[] {
  if (refusals.length === 0) return [];
  const title = `REFUSED. ${step} would erase nothing, on no disk, until this is solved:`;
  return section(
    title,
    refusals.map(({ detail }) => detail),
    width,
  );
}

function section(title: string, items: readonly string[], width: number): readonly string[] {
  if (items.length === 0) return [];
  return [title, ...items.flatMap((item) => wrapped(visibleText(item), width, '  * ')), ''];
}

/** `2 at a time` */
function pace({ options, devices }: PresentedPlan): string {
  const concurrency = Math.min(Number(options['concurrency']), new Set(devices.map(({ lane }) => lane)).size);
  return concurrency > 1 ? `${concurrency} disks at a time` : 'one disk after the other';
}

/** One row for each disk, and below it why. */
function deviceLines(devices: readonly PresentedErase[], width: number): readonly string[] {
  if (devices.length === 0) return [];
  const rows = devices.map((device) => [
    device.device,
    short(device.model, widest.model),
    short(device.serial, widest.serial),
    driveSize(device.size_bytes),
    device.method,
    device.sanitization === null ? '-' : capital(device.sanitization),
    device.estimated_seconds === null ? 'unknown' : roughDuration(device.estimated_seconds),
  ]);
  const table = [['DEVICE', 'MODEL', 'SERIAL', 'SIZE', 'METHOD', 'NIST', 'TIME'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines.flatMap((line, index) => [line, ...notesOn(devices[index - 1], width)]), ''];
}

function notesOn(device: PresentedErase | undefined, width: number): readonly string[] {
  if (!device) return [];
  const others = device.reach.filter((path) => path !== device.device);
  const notes = [
    device.why,
    ...(device.is_weaker ? ['WEAKER than what this disk has'] : []),
    ...(device.fallbacks.length > 0 ? [`where that fails: ${device.fallbacks.join(', ')}`] : []),
    ...(others.length > 0 ? [`erases ${others.join(', ')}, too`] : []),
  ];
  return notes.flatMap((note) => wrapped(visibleText(note), width, '    '));
}

function releaseLine(action: ReleaseAction): string {
  switch (action.kind) {
    case 'swap-off':
      return `swap on ${action.device} is switched off`;
    case 'deactivate-volume':
      return `logical volume ${action.volume} (${action.device}) is deactivated`;
    case 'remove-mapping':
      return `mapping ${action.name} (${action.device}) is removed`;
    case 'stop-array':
      return `array ${action.device} is stopped`;
  }
}

function short(text: string | null, most: number): string {
  const visible = visibleText(text ?? '').trim() || '-';
  return visible.length <= most ? visible : `${visible.slice(0, most - 1)}…`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** Lines of at most `width` characters, broken at spaces; the first begins with `lead`, the others as far in. */
function wrapped(text: string, width: number, lead: string): readonly string[] {
  const [first = '', ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (lead.length + line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.map((line, index) => `${index === 0 ? lead : ' '.repeat(lead.length)}${line}`);
}
