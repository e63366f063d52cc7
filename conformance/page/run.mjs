// The pages of `access --format html` and, in changes.mjs, of `diff --format html` in a browser, from disk and without a network: what it shows is the report, its filters, views and reasons can be used with the
// keyboard alone, its address shows the same again, it asks for nothing and complains of nothing, it says the same without scripts and on paper, and axe-core finds no
// serious obstacle in it.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRepo, secretctl } from '../lib/paths.mjs';
import { check, end } from '../lib/report.mjs';
import { installed, open, start, violations } from './browser.mjs';
import { changes } from './changes.mjs';

const chromium = installed();
if (!chromium) {
  console.log('############ page: there is no Chromium: THE PAGES OF access AND diff WERE NOT OPENED (install chromium, or name one with CHROMIUM) ############');
  process.exit(0);
}

const dir = mkdtempSync(join(tmpdir(), 'page-'));
const browser = await start(chromium);
const file = pageOf('access', inRepo('examples', '11-three-accounts'));
try {
  for (const part of [showsTheReport, isOfTheTemplates, saysWhoReads, filters, keyboard, reasons, address, folds, prints, narrow]) await inPage(part);
  await inPage(withoutScripts, { javaScriptEnabled: false });
  await hostileNames();
  await manySecrets();
  await nothingIsInTheWay();
  await changes({ dir, inPage, settled, press, focused });
} finally {
  await browser.close();
  rmSync(dir, { recursive: true });
}
end('page');

// inPage runs one part in a page of its own, which must not complain.
async function inPage(part, options, at = file) {
  const page = await open(browser, at, options);
  const data = JSON.parse(await page.textContent('#data'));
  await part(page, data);
  check(page.complaints.length === 0, () => `${part.name}: the page complains: ${page.complaints.join('; ')}`);
  await page.context().close();
}

function pageOf(name, ...args) {
  const to = join(dir, `${name}.html`);
  writeFileSync(to, execFileSync(secretctl(), ['access', '--format', 'html', ...args], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] }));
  return to;
}

function said(page) {
  return page.textContent('#count');
}

function focused(page) {
  return page.evaluate(() => ({ id: document.activeElement.id, text: document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText }));
}

function press(page, ...keys) {
  return keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
}

// cellsOf counts the cells that a filter should leave.
function cellsOf(data, keep) {
  return new Set(data.lines.filter(([secret, principal, verbs, , effect]) => {
    return keep({ secret: data.secrets[secret].id, principal: data.principals[principal], verbs: verbs.map((v) => data.verbs[v].name), effect, across: data.secrets[secret].account !== data.principals[principal].account });
  }).map(([secret, principal]) => `${secret} ${principal}`)).size;
}

async function settled(page, begins) {
  await page.waitForFunction((text) => document.getElementById('count').textContent.startsWith(text), begins, { timeout: 5000 }).catch(() => {});
  const now = await said(page);
  check(now.startsWith(begins), `the count is ${JSON.stringify(now)}, not ${JSON.stringify(begins)}…`);
}

async function showsTheReport(page, data) {
  check(data.lines.length > 50 && data.secrets.length === 50, `the report has ${data.lines.length} lines of ${data.secrets.length} secrets`);
  await settled(page, `${cellsOf(data, () => true)} cells: ${data.secrets.length} secrets`);
  const facts = await page.$$eval('.facts dt', (dts) => dts.map((dt) => dt.textContent));
  check(facts.join() === 'Spec,Stacks,Accounts,Regions', `the page says of itself ${facts}`);
  check(/^4 stacks; the hash of the templates is [0-9a-f]{16}$/.test(await page.textContent('.stacks summary')), 'the stacks and the hash of the templates are not told');
  await page.uncheck('#fold');
  const heads = await page.$$eval('.matrix tbody th .name', (spans) => spans.map((span) => span.innerText));
  check(heads.join() === data.secrets.slice(0, 60).map((s) => s.id).join(), `the matrix has the rows ${heads}`);
  const cells = await page.locator('.matrix .cell').count();
  check(cells === cellsOf(data, () => true), `the matrix has ${cells} cells that are not empty, not ${cellsOf(data, () => true)}`);
  const above = await page.$$eval('.matrix thead tr:first-child th', (ths) => ths.map((th) => th.innerText.replace(/\s+/g, ' ')));
  check(above.join() === data.groups.map((g) => [g.name, g.note].filter(Boolean).join(' ')).join(), `above the columns stands ${above}`);
  const columns = await page.$$eval('.matrix thead tr:last-child th', (ths) => ths.length);
  check(columns === data.principals.length + 1 && await page.locator('.matrix th:not([scope])').count() === 0, 'a head of the matrix is missing, or is the head of nothing');
  await page.click('#tab-list');
  const listed = await page.locator('.entries .entry').count();
  check(listed === 60, `the list has ${listed} entries`);
}

// isOfTheTemplates: the hash is that of what compile writes, as sha256sum says it.
async function isOfTheTemplates(page) {
  const to = join(dir, 'templates');
  execFileSync(secretctl(), ['compile', '--output', to, inRepo('examples', '11-three-accounts')], { stdio: 'ignore' });
  const sha256 = (data) => createHash('sha256').update(data).digest('hex');
  const lines = readdirSync(to).filter((name) => name !== 'plan.json').sort().map((name) => `${sha256(readFileSync(join(to, name)))}  ${name}\n`);
  const hash = await page.getAttribute('.stacks summary code', 'title');
  check(hash === sha256(lines.join('')), `the page has the hash ${hash}`);
}

// saysWhoReads: those who can read are told at the top, outsiders first; the links are filters.
async function saysWhoReads(page, data) {
  const readers = new Set(data.lines.filter(([, , verbs, , effect]) => effect <= 1 && verbs.some((v) => data.verbs[v].weight === 2)).map((l) => data.principals[l[1]].id));
  const told = await page.$$eval('.readers a', (links) => links.map((a) => a.textContent));
  check(told.length === readers.size && told.every((id) => readers.has(id)), `the page says that these read: ${told}`);
  const away = await page.$$eval('.readers li', (items) => items.map((li) => Boolean(li.querySelector('.away'))));
  check(away[0] && !away.slice(away.indexOf(false)).includes(true), 'outsiders are not told first');
  const top = await page.evaluate(() => document.querySelector('.readers').compareDocumentPosition(document.getElementById('filters')) & Node.DOCUMENT_POSITION_FOLLOWING);
  check(top, 'who reads values is not told before the matrix');
  await page.click(`.readers a:text-is("${told[0]}")`);
  await settled(page, `${cellsOf(data, (l) => l.principal.id.includes(told[0]))} cell`);
}

async function filters(page, data) {
  const { id } = data.principals[data.lines[0][1]];
  const all = `${cellsOf(data, () => true)} cells`;
  await page.fill('#principal', id.toUpperCase());
  await settled(page, `${cellsOf(data, (l) => l.principal.id.includes(id))} cell`);
  await page.selectOption('#verb', { label: 'read' });
  await settled(page, `${cellsOf(data, (l) => l.principal.id.includes(id) && l.verbs.includes('read'))} cell`);
  await page.click('button[type="reset"]');
  await settled(page, all);
  await page.selectOption('#effect', { label: 'under conditions' });
  await settled(page, `${cellsOf(data, (l) => l.effect === 1)} cell`);
  check((await page.$$eval('.matrix .cell', (cells) => cells.map((c) => c.getAttribute('aria-label')))).every((label) => / under conditions \(.+\)/.test(label)), 'under conditions the matrix shows others, or not which');
  await page.click('button[type="reset"]');
  await page.selectOption('#from', { label: 'outside' });
  await settled(page, `${cellsOf(data, (l) => data.groups[l.principal.group].outside)} cell`);
  await page.selectOption('#from', { label: 'another account' });
  await settled(page, `${cellsOf(data, (l) => l.principal.account && l.across)} cell`);
  await page.click('button[type="reset"]');
  await page.fill('#secret', 'billing-*port');
  await settled(page, `${cellsOf(data, (l) => /billing-.*port/.test(l.secret))} cell`);
  await page.fill('#secret', 'there is none');
  await settled(page, '0 cells: 0 secrets');
  check((await page.textContent('#matrix-table')).includes('Nothing is left'), 'an empty matrix says nothing');
}

async function keyboard(page) {
  await press(page, 'Tab');
  check((await focused(page)).text === 'Skip to the results', 'the first stop is not the link to the results');
  check(await page.isVisible('.skip:focus') && (await page.locator('.skip').boundingBox()).x >= 0, 'the link to the results cannot be seen when it has the focus');
  await press(page, 'Enter', 'Tab');
  check((await focused(page)).id === 'principal', `after the link, Tab leads to ${JSON.stringify(await focused(page))}`);
  await page.focus('#tab-matrix');
  await press(page, 'ArrowRight');
  check(await page.isVisible('#list') && (await focused(page)).id === 'tab-list', 'the arrow key does not lead to the list');
  await press(page, 'Home');
  check(await page.isVisible('#matrix') && (await focused(page)).id === 'tab-matrix', 'Home does not lead to the matrix');
  for (let stops = 0; stops < 40 && await page.evaluate(() => !document.activeElement.matches('.cell')); stops++) await press(page, 'Tab'); // heads are stops, too
  const first = await focused(page);
  check(/: .*(allowed|under conditions|denied)/.test(first.text), `after the tabs and the heads, Tab leads to ${JSON.stringify(first)}`);
  check(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle) === 'solid', 'the focus is not drawn');
  await press(page, 'ArrowDown');
  const second = await focused(page);
  check(second.text !== first.text && second.text.split(',')[0] === first.text.split(',')[0], `below ${first.text} is ${second.text}`);
  check(await page.locator('.cell[tabindex="0"]').count() === 1, 'more than one cell is a stop of Tab');
  check(await page.isHidden('#reason'), 'a reason is open that nobody has opened');
  await press(page, 'Enter');
  const title = await page.textContent('#reason h2');
  check(await page.isVisible('#reason') && title.split(' with ').every((name) => second.text.includes(name)), `Enter opens ${title}`);
  const [matrix, reason] = [await page.locator('#matrix-table').boundingBox(), await page.locator('#reason').boundingBox()];
  check(matrix.x + matrix.width <= reason.x, 'the reason covers the matrix');
  await press(page, 'ArrowDown');
  check(await page.textContent('#reason h2') !== title, 'the reason does not follow the focus');
  const below = await focused(page);
  await press(page, 'Escape');
  check(await page.isHidden('#reason') && (await focused(page)).text === below.text, 'Escape does not close the reason, or loses the focus');
  await press(page, 'Enter');
  await page.click('#reason .close');
  check(await page.isHidden('#reason'), 'the button does not close the reason');
}

// reasons: all that is said of a cell stands in its label and in the reason, with statements, places and a command that gives the same answer.
async function reasons(page, data) {
  const line = data.lines.find((l) => l[5] >= 0 && l[7] >= 0);
  const [who, what] = [data.principals[line[1]].id, data.secrets[line[0]].id];
  await page.uncheck('#fold');
  const cell = page.locator(`.cell[aria-label^="${who}, ${what}: "]`);
  const words = data.conditions[line[5]];
  const label = await cell.getAttribute('aria-label');
  check(words.every((w) => label.includes(w)), `the cell's label is ${label}`);
  await cell.click();
  const text = await page.textContent('#reason');
  check(words.every((w) => text.includes(w)), `the reason does not say ${words}`);
  const steps = data.reasons[line[7]];
  check(steps.length > 0 && steps.every(([, asked, , by]) => text.includes(data.texts[asked]) && by.every(([document]) => text.includes(data.texts[document]))), 'the reason does not name every permission and document');
  check(/from .*\.yaml:\d+:\d+/.test(text), 'the reason does not say where in the spec it comes from');
  await page.click('#reason summary');
  const statement = await page.textContent('#reason details[open] pre');
  check(JSON.parse(statement).Effect === 'Allow' && !statement.includes('\ue000'), `the statement is ${statement}`);
  const command = await page.textContent('#reason .command code');
  const [program, ...args] = command.split(' ');
  check(program === 'secretctl' && args[0] === 'why', `the command is ${command}`);
  const answer = JSON.parse(execFileSync(secretctl(), [...args, '--format', 'json'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  check(answer.principal === who && answer.secret === what && answer.effect === 'conditional', `${command} answers ${answer.effect} of ${answer.principal} and ${answer.secret}`);
}

// address: what one sees stands in the address, and the address shows it again.
async function address(page, data) {
  const line = data.lines.find((l) => l[5] >= 0);
  const [who, what] = [data.principals[line[1]].id, data.secrets[line[0]].id];
  await page.fill('#secret', what);
  await page.selectOption('#effect', { label: 'under conditions' });
  await settled(page, `${cellsOf(data, (l) => l.secret.includes(what) && l.effect === 1)} cell`);
  await page.click(`.cell[aria-label^="${who}, ${what}"]`);
  const [at, count, title] = [await page.evaluate(() => location.hash), await said(page), await page.textContent('#reason h2')];
  check(at.includes('effect=1') && at.includes('who=') && at.includes('what='), `the address is ${at}`);
  await page.fill('#secret', '');
  await page.click('#reason .close');
  await page.evaluate((hash) => { location.hash = hash; }, at);
  await settled(page, count);
  check(await page.textContent('#reason h2') === title && await page.inputValue('#secret') === what, 'the address does not show the same again');
  const last = data.lines[data.lines.length - 1];
  // What is drawn between the new address and its event (here the answer to a change of the order) must not write the old one over it.
  await page.evaluate((hash) => {
    location.hash = hash;
    document.getElementById('order').dispatchEvent(new Event('change'));
  }, `#view=list&${new URLSearchParams({ who: data.principals[last[1]].id, what: data.secrets[last[0]].id })}`);
  await page.locator('.entry.open + #reason').waitFor({ timeout: 5000 }).catch(() => check(false, 'the list is not opened at the page of what is open'));
  await page.evaluate(() => { location.hash = '#who=nobody&what=%00&verb=x&effect=9&order=x&view=x&from=%3Cb%3E'; });
  await settled(page, `${cellsOf(data, () => true)} cell`);
  check(await page.isHidden('#reason'), 'an address that means nothing opens something');
}

async function folds(page, data) {
  const folded = await page.locator('.matrix tbody tr').count();
  check(folded < data.secrets.length, 'equal rows are not folded');
  const alike = page.locator('.matrix tbody tr', { has: page.locator('th .soft') }).first();
  await alike.locator('.cell').first().click();
  const options = await page.$$eval('#alike option', (list) => list.map((o) => o.textContent));
  check(options.length === Number(/and (\d+) other/.exec(await alike.locator('th').innerText())[1]) + 1, `of the folded row one can choose ${options}`);
  await page.selectOption('#alike', { label: options[1] });
  check((await page.textContent('#reason h2')).endsWith(options[1]), 'choosing a secret does not show it');
  await page.uncheck('#fold');
  check(await page.locator('.matrix tbody tr').count() === data.secrets.length, 'the rows stay folded');
}

async function prints(page, data) {
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  const cells = await page.locator('#print .matrix .cell').count();
  check(cells > 0 && await page.locator('#print .matrix').count() === Math.ceil(data.principals.length / 14), 'the matrix is not printed, or not in pieces that fit');
  for (const control of ['#filters', '.tabs', '.skip', '#reason']) check(await page.locator(control).first().isHidden(), `${control} is printed`);
  check(await page.isVisible('#print .legend') && await page.isVisible('.stacks table'), 'the legend or the stacks are not printed');
  const why = await page.textContent('#print .why');
  check(data.lines.every((l) => why.includes(data.secrets[l[0]].id) && why.includes(data.principals[l[1]].id)) && data.conditions.flat().every((c) => why.includes(c)), 'the reasons that are printed leave something out');
  check(await page.evaluate(() => getComputedStyle(document.querySelector('#print thead')).display) === 'table-header-group', 'the heads of the table are not repeated');
  check((await page.pdf({ preferCSSPageSize: true })).length > 10_000, 'there is no PDF');
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  check(await page.locator('#print *').count() === 0, 'what was printed stays');
}

// narrow: a telephone gets the list, in which a reason stands below what it is of.
async function narrow(page) {
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await page.locator('#list').waitFor({ timeout: 5000 }).catch(() => {});
    check(await page.isVisible('#list') && await page.isHidden('#matrix'), `at ${width} pixels there is a matrix`);
    const entry = page.locator('.entry').nth(1);
    await entry.click();
    const [above, below] = [await entry.boundingBox(), await page.locator('#reason').boundingBox()];
    check(below.y >= above.y + above.height - 1, 'the reason does not stand below its entry');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    check(wide <= width, `at ${width} pixels the page is ${wide} wide`);
    await entry.click();
    check(await page.isHidden('#reason'), 'a second click does not close the reason');
  }
}

// withoutScripts: tables say everything.
async function withoutScripts(page, data) {
  const text = await page.locator('#plain').innerText();
  check(data.lines.every((l) => text.includes(data.secrets[l[0]].id) && text.includes(data.principals[l[1]].id)) && data.conditions.flat().every((c) => text.includes(c)), 'the tables without scripts leave something out');
  check(await page.isHidden('#filters') && await page.isVisible('.readers'), 'without scripts there are filters that do nothing, or it is not told who reads');
}

// hostileNames: whatever stands in a template is text.
async function hostileNames() {
  const evil = '</script><img src=x onerror=alert(1)>"\'&';
  const template = { Resources: {
    S: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: `x${evil}` } },
    P: { Type: 'AWS::SecretsManager::ResourcePolicy', Properties: { SecretId: { Ref: 'S' }, ResourcePolicy: { Statement: [{ Sid: evil, Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111111111111:role/r' }, Action: 'secretsmanager:GetSecretValue', Resource: '*', Condition: { StringEquals: { [`aws:PrincipalTag/${evil}`]: evil } } }] } } },
  } };
  const path = join(dir, 'evil.json');
  writeFileSync(path, JSON.stringify(template));
  await inPage(async function hostile(page) {
    await page.click('.matrix .cell');
    await page.click('#reason summary');
    check(await page.locator('img').count() === 0 && (await page.textContent('#reason')).includes('onerror'), 'a name is markup');
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    check(await page.locator('img').count() === 0, 'a name is markup on paper');
  }, {}, pageOf('evil', `${path}@111111111111:eu-west-1`));
}

// manySecrets: 300 secrets and 100 principals are a page that opens soon and is not large.
async function manySecrets() {
  const roles = Array.from({ length: 100 }, (_, i) => `role-${i}`);
  const Resources = {};
  roles.forEach((name, i) => {
    Resources[`R${i}`] = { Type: 'AWS::IAM::Role', Properties: { RoleName: name, AssumeRolePolicyDocument: { Statement: [] }, Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: `arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-${i % 10}*` }] } }] } };
  });
  for (let i = 0; i < 300; i++) Resources[`S${i}`] = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: `s-${i}` } };
  const path = join(dir, 'many.json');
  writeFileSync(path, JSON.stringify({ Resources }));
  const to = pageOf('many', `${path}@111111111111:eu-west-1`);
  const { size } = statSync(to);
  check(size < 1_000_000, `the page has ${size} bytes`);
  await inPage(async function many(page) {
    const rows = await page.locator('.matrix tbody tr').count();
    check(rows <= 10, `equal rows are ${rows} rows`);
    await page.uncheck('#fold');
    check(await page.locator('.matrix tbody tr').count() === 60 && (await page.textContent('#matrix-pages')).includes('rows 1–60 of 300'), 'there are no pages of rows');
    await page.click('button[aria-label="Next principals"]');
    check((await page.textContent('#matrix-pages')).includes('principals 31–60 of 100'), 'there are no pages of principals');
  }, {}, to);
}

async function nothingIsInTheWay() {
  const [all, wide] = [['matrix', 'list'], { width: 1440, height: 900 }];
  const situations = [
    { views: all, options: { colorScheme: 'light', viewport: wide } }, { views: all, options: { colorScheme: 'dark', viewport: wide } },
    { views: [], options: { viewport: { width: 390, height: 844 } } }, { views: [], options: { colorScheme: 'dark', viewport: { width: 390, height: 844 } } },
  ];
  for (const { views, options } of situations) {
    await inPage(async function obstacles(page) {
      for (const view of views.length > 0 ? views : ['list']) {
        if (views.length > 0) await page.click(`#tab-${view}`);
        await page.click(view === 'matrix' ? '.cell[tabindex="0"]' : '.entry');
        await page.click('#reason summary');
        for (const violation of await violations(page)) check(false, `${view}, ${JSON.stringify(options)}: ${violation}`);
        check(true);
      }
    }, { reducedMotion: 'reduce', ...options });
  }
}
