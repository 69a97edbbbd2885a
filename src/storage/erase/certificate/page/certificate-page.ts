import { type CertificateBody, hostSchema, statusTexts } from '../certificate-body.ts';
import type { Envelope } from '../envelope.ts';
import { diskSections } from './disk-sections.ts';
import { timeText } from './figures.ts';
import { hostSections } from './host-sections.ts';
import { html, Markup } from './markup.ts';
import { code, facts, openLines, section } from './parts.ts';
import { pageSecurityPolicy, style } from './style.ts';

type Tone = 'good' | 'warn' | 'bad';

interface Wording {
  readonly tone: Tone;
  readonly title: string;
  readonly meaning: string;
}

const wordings: Readonly<Record<CertificateBody['STATUS'], Wording>> = {
  [statusTexts.sanitized]: {
    tone: 'good',
    title: 'Certificate of sanitization',
    meaning: 'Erased, and every check passed.',
  },
  [statusTexts.sanitizedExceptLeftOut]: {
    tone: 'warn',
    title: 'Certificate of sanitization, with disks left out',
    meaning: 'Every disk that was to be erased is sanitized. Disks that were left out still hold what they held.',
  },
  [statusTexts.metadataOnly]: {
    tone: 'bad',
    title: 'Record of a metadata erase: not a certificate of sanitization',
    meaning: 'The data is still there.',
  },
  [statusTexts.notSanitized]: {
    tone: 'bad',
    title: 'Record of an erase: not a certificate of sanitization',
    meaning: 'Data may still be there.',
  },
  [statusTexts.failed]: {
    tone: 'bad',
    title: 'Record of a failed erase: not a certificate of sanitization',
    meaning: 'Data may still be there. Do not hand it on.',
  },
};

/**
 * One certificate as a page to look at or print: one file without scripts that asks nobody. It says what the JSON says; only the
 * JSON is signed, and the page names it by its SHA-256.
 */
export function certificatePage(envelope: Envelope, sha256: string): string {
  const { certificate } = envelope;
  const { tone, title, meaning } = wordings[certificate.STATUS];
  const sections = certificate.schema === hostSchema ? hostSections(certificate) : diskSections(certificate);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(pageSecurityPolicy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${certificate.STATUS}: ${certificate.id}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${tone === 'bad' ? html`<div class="stamp" aria-hidden="true">${certificate.STATUS}</div>` : ''}
<main>
<h1>${title}</h1>
<p class="sub">${certificate.standard} · ${timeText(certificate.issued_at)} · ${code(certificate.id)}</p>
<div class="verdict ${tone}"><strong>${certificate.STATUS}</strong><p>${meaning}</p>${reasonLine(certificate)}</div>
${unsignedLine(envelope)}
${sections}
${closingSections(envelope, sha256, tone !== 'bad')}
<footer>This page shows what ${code(`${certificate.id}.json`)} says. That file is the certificate; a page can be changed by anybody.</footer>
</main>
</body>
</html>
`;
  return page.toString();
}

function reasonLine({ reason }: CertificateBody): Markup | '' {
  return reason === null ? '' : html`<p>Reason: ${reason}</p>`;
}

function unsignedLine(envelope: Envelope): Markup | '' {
  if (envelope.signature !== null) return '';
  return html`<p class="unsigned"><b>UNSIGNED.</b> Nobody answers for this: ${envelope.unsigned_reason}.</p>`;
}

/** To be filled in by hand, where there is something to attest. */
const signOff = ['Destination', 'Categorization', 'Name and title', 'Date and signature'];

function closingSections(envelope: Envelope, sha256: string, isSignOff: boolean): readonly Markup[] {
  const { source, run, performed_by: performer } = envelope.certificate;
  return [
    section(
      'Source of the media',
      facts([
        ['Machine', `${source.manufacturer} ${source.product}`.trim() || null],
        ['Serial number', source.serial || null],
        ['Node', source.node_name === null ? source.node_uuid : `${source.node_name} (${source.node_uuid})`],
        ['Step, run', html`${run.step}, ${code(run.id)}`],
        ['Plan', code(run.plan_hash)],
        ...('host_certificate' in envelope.certificate
          ? [['Certificate of the machine', code(envelope.certificate.host_certificate)] as const]
          : []),
      ]),
    ),
    section(
      'Performed by',
      facts([
        ['Operator', performer.operator ?? 'not configured'],
        ['Location', performer.location ?? 'not configured'],
        ['Contact', performer.contact ?? 'not configured'],
        ['Tool', performer.tool],
      ]),
    ),
    ...(isSignOff ? [section('After sanitization', openLines(signOff))] : []),
    section('Signature', signatureFacts(envelope, sha256)),
  ];
}

function signatureFacts({ signature }: Envelope, sha256: string): Markup {
  if (signature === null) {
    return facts([
      ['Signature', html`<span class="fail">none</span>`],
      ['SHA-256 of the JSON', code(sha256)],
    ]);
  }
  return facts([
    ['Algorithm', `${signature.algorithm} over the canonical JSON (RFC 8785)`],
    ['Key id', code(signature.key_id)],
    ['Public key', code(signature.public_key)],
    ['Signature', code(signature.value)],
    ['SHA-256 of the JSON', code(sha256)],
    ['To verify', html`the JSON file with ${code('ironhand erase verify FILE --public-key KEY')}`],
  ]);
}
