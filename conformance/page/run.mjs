// The page of `access --format html` in a browser, from disk and without a network: what it shows is the report, its filters and views can be used with the keyboard
// alone, it asks for nothing and complains of nothing, and axe-core finds no serious obstacle in it.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRepo, secretctl } from '../lib/paths.mjs';
import { check, end } from '../lib/report.mjs';
import { installed, open, start, violations } from './browser.mjs';

const chromium = installed();
if (!chromium) {
  console.log('############ page: there is no Chromium: THE PAGE OF access WAS NOT OPENED (install chromium, or name one with CHROMIUM) ############');
  process.exit(0);
}

const dir = mkdtempSync(join(tmpdir(), 'page-'));
const file = join(dir, 'access.html');
const browser = await start(chromium);
try {
  writeFileSync(file, execFileSync(secretctl(), ['access', '--format', 'html', inRepo('examples', '11-three-accounts')], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const part of [showsTheReport, filters, keyboard, conditionsAreReadable, graphFollows, prints, narrow]) await inPage(part);
  await nothingIsInTheWay();
} finally {
  await browser.close();
  rmSync(dir, { recursive: true });
}
end('page');

// inPage runs one part in a page of its own, which must not complain.
async function inPage(part, options) {
  const page = await open(browser, file, options);
  const data = JSON.parse(await page.textContent('#data'));
  await part(page, data);
  check(page.complaints.length === 0, () => `${part.name}: the page complains: ${page.complaints.join('; ')}`);
  await page.context().close();
}

function said(page) {
  return page.textContent('#count');
}

function rows(page) {
  return page.$$eval('#list tbody tr', (trs) => trs.map((tr) => [...tr.cells].map((td) => td.innerText)));
}

function focused(page) {
  return page.evaluate(() => ({ id: document.activeElement.id, text: document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText }));
}

// left counts the lines that a filter should leave.
function left(data, keep) {
  return data.lines.filter(([secret, principal, verbs, , effect]) => {
    return keep({ secret: data.secrets[secret].id, principal: data.principals[principal].id, verbs: verbs.map((v) => data.verbs[v]), effect });
  }).length;
}

async function settled(page, begins) {
  await page.waitForFunction((text) => document.getElementById('count').textContent.startsWith(text), begins, { timeout: 5000 }).catch(() => {});
  const now = await said(page);
  check(now.startsWith(begins), `the count is ${JSON.stringify(now)}, not ${JSON.stringify(begins)}…`);
}

async function showsTheReport(page, data) {
  check(data.lines.length > 50 && data.secrets.length === 50, `the report has ${data.lines.length} lines of ${data.secrets.length} secrets`);
  await settled(page, `${data.lines.length} of ${data.lines.length} entries: ${data.secrets.length} secrets, ${data.principals.length} principals`);
  const heads = await page.$$eval('.matrix tbody th', (ths) => ths.map((th) => th.innerText));
  check(heads.join() === data.secrets.slice(0, 50).map((s) => s.id).join(), `the matrix has the rows ${heads}`);
  const pairs = new Set(data.lines.filter((l) => l[1] < 25).map((l) => `${l[0]} ${l[1]}`)).size;
  const cells = await page.locator('.matrix .cell').count();
  check(cells === pairs, `the matrix has ${cells} cells that are not empty, not ${pairs}`);
  await page.click('#tab-list');
  const listed = await rows(page);
  check(listed.length === Math.min(100, data.lines.length), `the list has ${listed.length} rows`);
}

async function filters(page, data) {
  const principal = data.principals[data.lines[0][1]].id;
  const all = data.lines.length;
  await page.click('#tab-list');
  await page.fill('#principal', principal.toUpperCase());
  await settled(page, `${left(data, (l) => l.principal.includes(principal))} of ${all} `);
  const listed = await rows(page);
  check(listed.length > 0 && listed.every((r) => r[1].includes(principal)), () => `of ${principal} the list shows ${JSON.stringify(listed[0])}`);
  await page.selectOption('#verb', { label: 'read' });
  await settled(page, `${left(data, (l) => l.principal.includes(principal) && l.verbs.includes('read'))} of ${all} `);
  await page.click('button[type="reset"]');
  await settled(page, `${all} of ${all} `);
  await page.selectOption('#effect', { label: 'under conditions' });
  await settled(page, `${left(data, (l) => l.effect === 1)} of ${all} `);
  check((await rows(page)).every((r) => r[3] === 'under conditions' && r[5] !== ''), 'under conditions the list shows others, or not which');
  await page.click('button[type="reset"]');
  await page.fill('#secret', 'billing-*port');
  await settled(page, `${left(data, (l) => /billing-.*port/.test(l.secret))} of ${all} `);
  await page.fill('#secret', 'there is none');
  await settled(page, `0 of ${all} entries: 0 secrets`);
  check((await page.textContent('#list-table')).includes('Nothing is left'), 'an empty list says nothing');
}

async function keyboard(page, data) {
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  await press('Tab');
  check((await focused(page)).text === 'Skip to the results', 'the first stop is not the link to the results');
  check(await page.isVisible('.skip:focus') && (await page.locator('.skip').boundingBox()).x >= 0, 'the link to the results cannot be seen when it has the focus');
  await press('Enter', 'Tab');
  check((await focused(page)).id === 'tab-matrix', `after the link, Tab leads to ${JSON.stringify(await focused(page))}`);
  await press('ArrowRight');
  check(await page.isVisible('#list') && (await focused(page)).id === 'tab-list', 'the arrow key does not lead to the list');
  await press('End');
  check(await page.isVisible('#graph') && (await focused(page)).id === 'tab-graph', 'End does not lead to the graph');
  await press('Home', 'Tab', 'Tab');
  for (let stops = 0; stops < 6 && await page.evaluate(() => !document.activeElement.matches('.cell')); stops++) await press('Tab'); // there may be pages to turn
  const first = await focused(page);
  check(/: .*(allowed|under conditions|denied)/.test(first.text), `after the tabs and the matrix, Tab leads to ${JSON.stringify(first)}`);
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  check(outline === 'solid', `the focus is drawn as ${outline}`);
  check(await page.isVisible('#tip') && (await page.textContent('#tip h3')).split(' → ').reverse().every((name) => first.text.includes(name)), 'the tip does not tell what has the focus');
  await press('ArrowDown');
  const second = await focused(page);
  check(second.text !== first.text && second.text.split(',')[0] === first.text.split(',')[0], `below ${first.text} is ${second.text}`);
  check(await page.locator('.cell[tabindex="0"]').count() === 1, 'more than one cell is a stop of Tab');
  await press('Escape');
  check(await page.isHidden('#tip'), 'Escape does not hide the tip');
  await press('Enter');
  const principal = second.text.split(',')[0];
  check(await page.isVisible('#graph') && (await focused(page)).text.startsWith(`${principal}: `), `Enter leads to ${JSON.stringify(await focused(page))}`);
  await press('ArrowRight');
  check(data.secrets.some(({ id }) => id === second.text.split(', ')[1].split(':')[0]) && await page.evaluate(() => document.activeElement.dataset.side) === 'secrets', 'the arrow key does not lead to the other side');
}

// conditionsAreReadable: all that a tip says stands in the label of its cell and in the list, too.
async function conditionsAreReadable(page, data) {
  const line = data.lines.find((l) => l[5] >= 0 && l[1] < 25);
  const words = data.conditions[line[5]];
  const label = await page.locator(`.cell[aria-label^="${data.principals[line[1]].id}, ${data.secrets[line[0]].id}: "]`).getAttribute('aria-label');
  check(words.every((w) => label.includes(w)), `the cell's label is ${label}`);
  await page.selectOption('#effect', { label: 'under conditions' });
  await page.click('#tab-list');
  await page.fill('#secret', data.secrets[line[0]].id);
  await settled(page, `${left(data, (l) => l.effect === 1 && l.secret.includes(data.secrets[line[0]].id))} of `);
  check((await rows(page)).some((r) => words.every((w) => r[5].includes(w))), `the list does not say ${words}`);
}

async function graphFollows(page, data) {
  await page.click('#tab-graph');
  const principal = data.principals[data.lines[0][1]].id;
  await page.fill('#principal', principal);
  await settled(page, `${left(data, (l) => l.principal.includes(principal))} of `);
  const secrets = new Set(data.lines.filter((l) => data.principals[l[1]].id.includes(principal)).map((l) => l[0])).size;
  check(await page.locator('.node[data-side="secrets"]').count() === secrets, `the graph of ${principal} does not show ${secrets} secrets`);
  await page.locator('.node[data-side="secrets"]').first().click();
  check(await page.locator('.node[data-side="secrets"]').count() === 1 && await page.isVisible('#graph-all'), 'a click does not select');
  await page.click('#graph-all');
  check(await page.locator('.node[data-side="secrets"]').count() === secrets, 'the button does not show everything again');
}

async function prints(page, data) {
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  const printed = await rows(page);
  check(printed.length === data.lines.length, `${printed.length} of ${data.lines.length} lines are printed`);
  for (const control of ['#filters', '.tabs', '#matrix', '.skip']) check(await page.locator(control).first().isHidden(), `${control} is printed`);
  check(await page.evaluate(() => getComputedStyle(document.querySelector('#list thead')).display) === 'table-header-group', 'the heads of the table are not repeated');
  check((await page.pdf({ preferCSSPageSize: true })).length > 10_000, 'there is no PDF');
}

async function narrow(page) {
  await page.setViewportSize({ width: 420, height: 900 });
  for (const view of ['matrix', 'list', 'graph']) {
    await page.click(`#tab-${view}`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    check(width <= 420, `at 420 pixels the ${view} makes the page ${width} wide`);
  }
}

async function nothingIsInTheWay() {
  const [all, wide] = [['matrix', 'list', 'graph'], { width: 1400, height: 900 }];
  const situations = [
    { views: all, options: { colorScheme: 'light', viewport: wide } }, { views: all, options: { colorScheme: 'dark', viewport: wide } },
    { views: ['list'], options: { viewport: { width: 420, height: 900 } } },
  ];
  for (const { views, options } of situations) {
    await inPage(async function obstacles(page) {
      for (const view of views) {
        await page.click(`#tab-${view}`);
        if (view === 'matrix') await page.focus('.cell[tabindex="0"]');
        for (const violation of await violations(page)) check(false, `${view}, ${JSON.stringify(options)}: ${violation}`);
        check(true);
      }
    }, { reducedMotion: 'reduce', ...options });
  }
}
