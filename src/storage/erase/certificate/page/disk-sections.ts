import type { DiskCertificate, SmartEntry } from '../certificate-body.ts';
import { bytesText, durationText, timeText } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { facts, section, sectionIf, table, type Value } from './parts.ts';

/** What the certificate of a disk shows below its verdict. */
export function diskSections(certificate: DiskCertificate): readonly Markup[] {
  const { sanitization, smart } = certificate;
  return [
    mediaSection(certificate.media),
    sanitizationSection(sanitization),
    verificationSection(certificate.verification),
    sectionIf(sanitization.attempts.length > 1 || sanitization.attempts.some(({ error }) => error !== null), () =>
      attemptsSection(sanitization.attempts),
    ),
    sectionIf(sanitization.bad_sectors > 0, () => badSection(sanitization)),
    sectionIf(Object.keys(sanitization.details).length > 0, () =>
      section('What was recorded', facts(Object.entries(sanitization.details))),
    ),
    sectionIf(smart.before !== null || smart.after !== null, () => smartSection(smart)),
  ];
}

function mediaSection(media: DiskCertificate['media']): Markup {
  return section(
    'Media',
    facts([
      ['Type', media.type],
      ['Interface', media.interface],
      ['Manufacturer', media.manufacturer],
      ['Model', media.model],
      ['Serial number', html`<b>${media.serial ?? 'not known'}</b>`],
      ['World wide name', media.wwn],
      ['Capacity', bytesText(media.size_bytes)],
      ['Sectors', `${media.logical_sector_bytes} bytes (physical ${media.physical_sector_bytes})`],
      ['Place', media.by_path === null ? media.device : `${media.device}, ${media.by_path}`],
    ]),
  );
}

function sanitizationSection(done: DiskCertificate['sanitization']): Markup {
  const weaker = done.weaker_than_asked ? [['Weaker than asked', html`<span class="half">yes</span>`] as const] : [];
  return section(
    'Sanitization',
    facts([
      ['Method', done.method === null ? html`<span class="fail">none</span>` : html`<b>${done.method}</b>`],
      ['Technique', done.technique ?? html`<span class="fail">none ended well</span>`],
      ['Asked, done', `${done.method_asked}, ${done.method_done ?? 'none'}`],
      ...weaker,
      ['Tool', done.tool],
      ['Started', done.started_at === null ? 'never' : timeText(done.started_at)],
      ['Ended', done.ended_at === null ? 'never' : timeText(done.ended_at)],
      ['Duration', durationText(done.started_at, done.ended_at) || null],
      ['Resumed', done.resumed === 0 ? 'no' : `yes, by another process (${done.resumed})`],
      ['Written by the host', done.bytes_written === null ? null : bytesText(done.bytes_written)],
      ['Bad sectors', done.bad_sectors === 0 ? '0' : html`<span class="fail">${done.bad_sectors}</span>`],
    ]),
  );
}

function outcome(passed: boolean): Markup {
  return passed ? html`<span class="pass">passed</span>` : html`<span class="fail">FAILED</span>`;
}

function verificationSection({ method, checks }: DiskCertificate['verification']): Markup {
  return section(
    'Verification',
    facts([['Method', method === 'None' ? html`<span class="fail">none</span>` : method]]),
    sectionIf(checks.length > 0, () =>
      table(
        ['Check', 'Outcome', 'Finding'],
        checks.map(({ name, passed, detail }) => [name, outcome(passed), detail]),
      ),
    ),
  );
}

function attemptsSection(attempts: DiskCertificate['sanitization']['attempts']): Markup {
  return section(
    'Attempts',
    table(
      ['Method', 'Outcome', 'Tool', 'Exit code', 'Error'],
      attempts.map(({ method, error, tool, exit_code: exitCode }) => [
        method,
        error === null ? html`<span class="pass">ended well</span>` : html`<span class="fail">FAILED</span>`,
        tool ?? '',
        exitCode ?? '',
        error ?? '',
      ]),
    ),
  );
}

function badSection({ bad_ranges: ranges, bad_sectors: sectors }: DiskCertificate['sanitization']): Markup {
  return section(
    'Could not be written or read',
    html`<p class="fail">${sectors} sectors, of which the first ${ranges.length} ranges:</p>`,
    table(
      ['First byte', 'Last byte'],
      ranges.map(({ first_byte: first, last_byte: last }) => [first, last]),
    ),
  );
}

const smartRows: readonly (readonly [keyof SmartEntry, string])[] = [
  ['passed', 'Health check passed'],
  ['power_on_hours', 'Power-on hours'],
  ['reallocated_sectors', 'Reallocated sectors'],
  ['pending_sectors', 'Pending sectors'],
  ['uncorrectable_errors', 'Uncorrectable errors'],
  ['percentage_used', 'Percentage used'],
  ['temperature_celsius', 'Temperature, °C'],
];

function smartSection({ before, after }: DiskCertificate['smart']): Markup {
  const rows = smartRows
    .map(([key, name]): readonly Value[] => [name, before?.[key] ?? null, after?.[key] ?? null])
    .filter(([, one, other]) => one !== null || other !== null);
  return section('SMART', table(['Attribute', 'Before', 'After'], rows));
}
