import { type BrowserContext, chromium } from 'playwright-core';

/** Of the background traffic of Chromium nothing is wanted: it would look like requests of the page. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface OpenBrowser extends AsyncDisposable {
  readonly context: BrowserContext;
}

/** Debian's Chromium without a window, logged in everywhere by HTTP basic authentication. */
export async function openBrowser(credentials: {
  readonly username: string;
  readonly password: string;
}): Promise<OpenBrowser> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
  const context = await browser.newContext({
    httpCredentials: credentials,
    viewport: { width: 1400, height: 900 },
    locale: 'en-US',
  });
  return { context, [Symbol.asyncDispose]: () => browser.close() };
}
