import { type DiskEntry, type HostCertificate, statusTexts } from '../certificate-body.ts';
import { durationText, shortBytesText, timeText } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { code, facts, section, sectionIf, table } from './parts.ts';

/** What the certificate of a machine shows below its verdict. */
export function hostSections(certificate: HostCertificate): readonly Markup[] {
  const { disks, left_out: leftOut, started_at: start, ended_at: end } = certificate;
  return [
    section(
      'Disks',
      disks.length === 0
        ? html`<p class="fail">No disk was erased.</p>`
        : table(['Disk', 'Verdict', 'Certificate'], disks.map(diskRow)),
    ),
    sectionIf(leftOut.length > 0, () =>
      section(
        'Left out: not erased',
        table(
          ['Device', 'Reason'],
          leftOut.map(({ device, reason }) => [html`<span class="half">${device}</span>`, reason]),
        ),
      ),
    ),
    section(
      'Sanitization',
      facts([
        ['Method, at the least', certificate.method ?? html`<span class="fail">none</span>`],
        ['Disks in scope', String(disks.length)],
        ['Disks left out', String(leftOut.length)],
        ['Started', timeText(start)],
        ['Ended', timeText(end)],
        ['Duration', durationText(start, end) || null],
      ]),
    ),
  ];
}

function diskRow(disk: DiskEntry): readonly Markup[] {
  const { method, status, reason } = disk;
  const tone = status === statusTexts.sanitized ? 'pass' : 'fail';
  return [
    html`<b>${disk.serial ?? 'no serial number'}</b><br>${disk.model ?? 'model not known'}<br>${disk.device},
${shortBytesText(disk.size_bytes)}`,
    html`<b class="${tone}">${status}</b><br>${method ?? 'no method'} (${disk.method_done ?? 'none ended well'})
${reason === null ? '' : html`<br>${reason}`}`,
    html`${code(disk.certificate)}<br>SHA-256 ${code(disk.sha256)}`,
  ];
}
