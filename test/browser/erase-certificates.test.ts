import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { certificateStore } from '../../src/queue/certificate-store.ts';
import { makeCertificates } from '../../src/storage/erase/certificate/make-certificates.ts';
import { type RunningAgent, startAgent } from '../support/agent.ts';
import { type OpenBrowser, openBrowser } from '../support/chromium.ts';
import { failedDisk, purgedDisk, sampleDisk, sampleErasure, samplePerformer } from '../support/sample-erasure.ts';
import { testSigner } from '../support/signing-key.ts';

const long = sampleDisk({ serial: 'S'.repeat(300), model: '<img src=//evil.example/x>' });
const { signer } = testSigner();
const { host, disks } = makeCertificates(
  sampleErasure([purgedDisk(), failedDisk(), failedDisk({ device: long })]),
  signer,
  samplePerformer,
);
const ids = [host, ...disks].map(({ id }) => id);
const [purged = '', failed = ''] = disks.map(({ id }) => id);

let agent: RunningAgent;
let browser: OpenBrowser;

before(async () => {
  agent = await startAgent();
  const store = certificateStore({ certificates: path.join(agent.stateDir, 'certificates') });
  for (const certificate of [host, ...disks]) store.save(certificate);
  browser = await openBrowser({ username: 'nobody', password: 'none' });
});

after(async () => {
  await browser[Symbol.asyncDispose]();
  await agent.stop();
});

async function open(id: string): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  const url = `${agent.url}/v1/erase/certificates/${id}?agent_token=${agent.token}`;
  page.on('request', (request) => {
    if (request.url() !== url) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

const bannerColour = "getComputedStyle(document.querySelector('.verdict')).backgroundColor";

test('a browser that is sent to a certificate shows the page, in its style, and asks for nothing else', async () => {
  for (const [id, status, background] of [
    [purged, 'SANITIZED', 'rgb(234, 246, 238)'],
    [failed, 'FAILED: NOT CLEAN', 'rgb(179, 20, 15)'],
    [host.id, 'FAILED: NOT CLEAN', 'rgb(179, 20, 15)'],
  ] as const) {
    const { page, complaints } = await open(id);
    const banner = page.locator('.verdict');
    assert.equal(await banner.locator('strong').textContent(), status);
    assert.equal(await page.evaluate(bannerColour), background);
    assert.ok(((await banner.boundingBox())?.y ?? Number.POSITIVE_INFINITY) < 200, 'the verdict is what is seen first');
    await look(page, `certificate-${id}`);
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test('it fits on a phone and on paper, whatever a drive says', async () => {
  for (const id of ids) {
    const { page, complaints } = await open(id);
    for (const width of [360, 700, 1200]) {
      await page.setViewportSize({ width, height: 800 });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width, `${id} at ${width}`);
    }
    await page.setViewportSize({ width: 360, height: 800 });
    await look(page, `certificate-phone-${id}`);
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test('a failure is stamped on paper', async () => {
  const { page } = await open(failed);
  const stamp = page.locator('.stamp');
  assert.equal(await stamp.isVisible(), false);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await stamp.isVisible(), true);
  assert.equal(await stamp.textContent(), 'FAILED: NOT CLEAN');
  await page.setViewportSize({ width: 690, height: 1000 });
  await look(page, 'certificate-paper');
  const good = await open(purged);
  await good.page.emulateMedia({ media: 'print' });
  assert.equal(await good.page.locator('.stamp').count(), 0);
});

/** A picture for whoever wants to look, where IRONHAND_SCREENSHOTS names a directory. */
async function look(page: Page, name: string): Promise<void> {
  const directory = process.env.IRONHAND_SCREENSHOTS;
  if (directory) await page.screenshot({ path: path.join(directory, `${name}.png`), fullPage: true });
}
