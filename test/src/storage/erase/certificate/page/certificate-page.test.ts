import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { makeCertificates } from '../../../../../../src/storage/erase/certificate/make-certificates.ts';
import type { DeviceErasure, MachineErasure } from '../../../../../../src/storage/erase/device-erasure.ts';
import {
  clearedDisk,
  failedDisk,
  metadataDisk,
  purgedDisk,
  sampleDisk,
  sampleErasure,
  samplePerformer,
} from '../../../../../support/sample-erasure.ts';
import { testSigner } from '../../../../../support/signing-key.ts';

const { signer } = testSigner();

function pages(devices: readonly DeviceErasure[], more: Partial<MachineErasure> = {}) {
  const { host, disks } = makeCertificates(sampleErasure(devices, more), signer, samplePerformer);
  return { host: host.html, disk: disks[0]?.html ?? '', all: [host, ...disks].map(({ html }) => html) };
}

/** What is between tags, without the style. */
const visible = (page: string): string => page.replace(/<style>[\s\S]*?<\/style>/, '').replace(/<[^>]*>/g, ' ');

const bannerOf = (page: string): string => /<div class="verdict (\w+)">/.exec(page)?.[1] ?? '';

/** Whatever a drive, a program, a node or a configuration can say. */
const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><style>@import url(//evil.example)</style>',
  '</main><h1>SANITIZED</h1>',
  '&lt;b&gt;&#x3c;',
  '<!--',
  'javascript:alert(1)',
  '\u202eDEZITINAS\u202c',
  '\u0000\u0007\u001b[31m\u009b',
  'a\u200bb\u00adc\ufeff',
  '\ud800',
  '$&$1$`',
];

describe('the page of a certificate', () => {
  const everyPage = [
    ...pages([purgedDisk(), clearedDisk(), failedDisk(), metadataDisk()]).all,
    ...pages([purgedDisk()], { leftOut: [{ device: '/dev/sr0', why: 'virtual media' }] }).all,
  ];

  it('is one file that asks nobody, runs nothing, and tells the browser so', () => {
    for (const page of everyPage) {
      const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
      const digest = createHash('sha256').update(style).digest('base64');
      const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
      assert.ok(page.includes(`<meta http-equiv="Content-Security-Policy" content="${policy}">`));
      assert.doesNotMatch(
        page,
        /<(?:script|link|img|iframe|object|embed|form|base|svg|a)\b|\bon\w+=|\bsrc=|\bhref=|style="/i,
      );
      assert.doesNotMatch(page, /https?:|url\(|@import/);
      assert.match(page, /^<!doctype html>\n<html lang="en">/);
    }
  });

  it('has its verdict first, in a colour that only a good one has', () => {
    for (const [page, tone, status] of [
      [pages([purgedDisk()]).disk, 'good', 'SANITIZED'],
      [pages([purgedDisk()]).host, 'good', 'SANITIZED'],
      [
        pages([purgedDisk()], { leftOut: [{ device: '/dev/sr0', why: 'virtual media' }] }).host,
        'warn',
        'SANITIZED EXCEPT DISKS LEFT OUT',
      ],
      [pages([metadataDisk()]).disk, 'bad', 'NOT SANITIZED: METADATA ONLY'],
      [pages([purgedDisk({ sanitization: null })]).disk, 'bad', 'NOT SANITIZED'],
      [pages([failedDisk()]).disk, 'bad', 'FAILED: NOT CLEAN'],
      [pages([purgedDisk(), failedDisk()]).host, 'bad', 'FAILED: NOT CLEAN'],
    ] as const) {
      assert.equal(bannerOf(page), tone);
      assert.ok(page.includes(`<strong>${status}</strong>`));
      assert.ok(page.indexOf('<strong>') < page.indexOf('<h2>'));
    }
  });

  it('calls no failure a certificate, stamps it, and leaves no line to sign it', () => {
    for (const page of [pages([failedDisk()]).disk, pages([failedDisk()]).host, pages([metadataDisk()]).disk]) {
      assert.match(page, /<h1>Record of [^<]*: not a certificate of sanitization<\/h1>/);
      assert.match(page, /<div class="stamp" aria-hidden="true">(?:FAILED|NOT SANITIZED)/);
      assert.doesNotMatch(page, /class="open"/);
    }
    const good = pages([purgedDisk()]).disk;
    assert.match(good, /<h1>Certificate of sanitization<\/h1>/);
    assert.doesNotMatch(good, /class="stamp"/);
    assert.match(good, /<dt>Destination<\/dt><dd class="open">/);
  });

  it('shows what the JSON says: disk, method, every check, every attempt, bad sectors, who, the signature', () => {
    const { host, disks } = makeCertificates(sampleErasure([failedDisk(), purgedDisk()]), signer, samplePerformer);
    const [failed, purged] = disks.map(({ html }) => visible(html));
    for (const text of [
      'ZC1A9KR7',
      'ST4000NM0035-1V4107',
      '4,000,787,030,016 bytes (4.0 TB)',
      'the drive is frozen',
      'hdparm 9.65',
    ]) {
      assert.ok(failed?.includes(text), text);
    }
    for (const text of ['3 ranges could not be written', '1048576', 'FAILED', '2 of 1024 samples', 'Jo Example']) {
      assert.ok(failed?.includes(text), text);
    }
    for (const text of [
      'Purge',
      'Crypto Erase',
      'None of 64 watermarks',
      'Quick Sampling',
      '17204',
      '38 s',
      signer.keyId,
    ]) {
      assert.ok(purged?.includes(text), text);
    }
    for (const { id, json } of disks) {
      assert.ok(host.html.includes(id));
      assert.ok(host.html.includes(createHash('sha256').update(json).digest('hex')));
    }
    const [first] = disks;
    assert.ok(first?.html.includes(createHash('sha256').update(first.json).digest('hex')));
  });

  it('says of nothing that is not known that it is empty, or none', () => {
    const machine = { manufacturer: '', product: '', serial: '' };
    const text = visible(pages([failedDisk({ bytes: null })], { machine }).disk).replace(/\s+/g, ' ');
    for (const name of ['Written by the host', 'Machine', 'Serial number']) {
      assert.ok(text.includes(`${name} not known`), name);
    }
  });

  it('has the same tags whatever a drive, a program or a configuration says, and shows what cannot be seen', () => {
    const plain = pagesSaying('x').map(tagsOf);
    for (const text of hostile) {
      const found = pagesSaying(text);
      assert.deepEqual(found.map(tagsOf), plain, JSON.stringify(text));
      for (const page of found) {
        assert.doesNotMatch(page.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\ud800-\udfff]/u);
        assert.equal(bannerOf(page), 'bad');
      }
    }
  });

  it('spells out what would turn the direction of a text or move a cursor', () => {
    const page = pages([failedDisk({ device: sampleDisk({ serial: '\u202eDEZITINAS\u0007' }) })]).disk;
    assert.ok(page.includes(String.raw`<b>\u{202e}DEZITINAS\u{7}</b>`));
  });
});

/** The pages of a failed disk and its machine, on which everything that is not ours says this. */
function pagesSaying(text: string): readonly string[] {
  const names = { serial: text, model: text, vendor: text, wwn: text, byPath: text, transport: text };
  const device = sampleDisk({ ...names, path: `/dev/${text}` });
  const checks = [{ name: text, passed: false, detail: text }];
  const attempts = [{ method: 'overwrite', error: text, tool: text, exitCode: 1 }] as const;
  const disk = failedDisk({ device, checks, attempts, reason: text, details: { [text]: text } });
  const machine = { manufacturer: text, product: text, serial: text };
  const node = { nodeName: text, nodeUuid: text, step: text, planHash: text, runId: text, agentVersion: text };
  const erasure = sampleErasure([disk], { machine, ...node, leftOut: [{ device: text, why: text }] });
  const made = makeCertificates(erasure, signer, { operator: text, location: text, contact: text });
  return [made.host, ...made.disks].map(({ html }) => html);
}

function tagsOf(page: string): readonly string[] {
  return page.match(/<[^>]*>/g) ?? [];
}
