// A browser of the machine that opens a page from disk without a network, and notes whatever it complains of or asks for.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// installed returns the path of a Chromium, or undefined. CHROMIUM names one that is elsewhere.
export function installed() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [process.env.CHROMIUM, ...folders.flatMap((folder) => names.map((name) => join(folder, name)))].find((path) => path && existsSync(path));
}

const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const start = (executablePath) => chromium.launch({ executablePath, headless: true, args: quiet });

// open opens a file. The page that it returns has complaints: texts of its console, its errors, and the addresses that it asked for beside its own.
export async function open(browser, file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, offline: true, ...options });
  const page = await context.newPage();
  const address = pathToFileURL(file).href;
  page.complaints = [];
  page.on('console', (message) => page.complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => page.complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== address) page.complaints.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  return page;
}

// violations returns what axe-core holds against the page as it is: serious and critical rules, with the elements.
export async function violations(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document));
  return result.violations
    .filter((v) => ['serious', 'critical'].includes(v.impact))
    .map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`);
}
