// The playground in a browser, from disk and without a network: it compiles what is typed, says what is wrong where it is, repairs it, shows the same templates, plan,
// access and changes as the program, carries a spec in its link, asks for nothing, and axe-core finds no serious obstacle in it.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRepo, secretctl } from '../lib/paths.mjs';
import { check, end } from '../lib/report.mjs';
import { installed, open, start, violations } from '../page/browser.mjs';

const chromium = installed();
if (!chromium) {
  console.log('############ playground: there is no Chromium: THE PLAYGROUND WAS NOT OPENED (install chromium, or name one with CHROMIUM) ############');
  process.exit(0);
}

const dir = mkdtempSync(join(tmpdir(), 'playground-'));
const file = process.env.PLAYGROUND ?? join(dir, 'playground.html');
const patience = 60_000; // milliseconds until the compiler has been unpacked and answers
const browser = await start(chromium);
try {
  if (!process.env.PLAYGROUND) execFileSync('node', [inRepo('playground', 'build.mjs'), file], { stdio: 'inherit' });
  for (const part of [sameAsTheProgram, saysWhatIsWrong, tellsChanges, carriesASpec, environments, narrow]) await inPage(part);
} finally {
  await browser.close();
  rmSync(dir, { recursive: true });
}
end('playground');

async function inPage(part) {
  const page = await open(browser, file);
  await said(page, /^no errors$/);
  await part(page);
  const complaints = page.complaints.filter((text) => !text.startsWith('request: blob:'));
  check(complaints.length === 0, () => `${part.name}: the page complains: ${complaints.join('; ')}`);
  await page.context().close();
}

// said waits until the page says something of the spec.
async function said(page, words) {
  await page.waitForFunction((source) => new RegExp(source).test(document.getElementById('status').textContent), words.source, { timeout: patience })
    .catch(async () => check(false, `the page says ${JSON.stringify(await page.textContent('#status'))}, not ${words}`));
}

// shows waits until a text is shown, and returns all that is shown.
async function shows(page, words) {
  await page.waitForFunction((part) => document.getElementById('text').textContent.includes(part), words, { timeout: patience })
    .catch(async () => check(false, `there is no ${JSON.stringify(words)} in ${(await page.textContent('#text')).slice(0, 400)}`));
  return page.textContent('#text');
}

// write replaces the spec by one that is typed.
async function write(page, text) {
  await page.click('.cm-content');
  await page.keyboard.press('Control+A');
  await page.evaluate((pasted) => {
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

function run(...args) {
  return execFileSync(secretctl(), args, { cwd: dir, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, COLUMNS: '' } }).toString();
}

async function sameAsTheProgram(page) {
  const names = await page.$$eval('#example option', (list) => list.map((o) => [o.value, o.textContent]).filter(([value]) => value !== ''));
  check(names.length > 8, `there are ${names.length} examples`);
  for (const [value, name] of names) {
    const spec = readFileSync(inRepo('examples', `${name}.yaml`), 'utf8');
    writeFileSync(join(dir, 'spec.yaml'), spec);
    await page.selectOption('#example', value);
    const environment = /^environments:\n {2}([\w-]+):/m.exec(spec)?.[1];
    const flags = environment ? ['--environment', environment] : [];
    run('compile', 'spec.yaml', ...flags, '-o', name);
    const folder = environment ? join(dir, name, environment) : join(dir, name);
    const { stacks } = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'));
    const want = readFileSync(join(folder, stacks[0].template), 'utf8');
    await page.waitForFunction((text) => document.getElementById('text').textContent === text, want, { timeout: patience })
      .catch(async () => check(false, `${name}: the page has another template: ${(await page.textContent('#text')).slice(0, 300)}`));
    check(await page.textContent('#text') === want, `${name}: the page has another template`);
  }
  await page.selectOption('#example', names[0][0]);
  writeFileSync(join(dir, 'spec.yaml'), readFileSync(inRepo('examples', `${names[0][1]}.yaml`)));
  await page.click('#tab-plan');
  check((await shows(page, 'deploy')).trim() === run('plan', 'spec.yaml').trim(), 'the page has another plan');
  await page.focus('#tab-plan');
  await page.keyboard.press('ArrowLeft');
  await page.setViewportSize({ width: 1900, height: 1000 }); // wide enough for a matrix in the frame
  const frame = page.frameLocator('#frame');
  await frame.locator('.matrix .cell').first().waitFor({ timeout: patience });
  const shown = JSON.parse(await frame.locator('#data').textContent());
  const report = JSON.parse(run('access', '--format', 'json', 'spec.yaml'));
  check(shown.secrets.length > 0 && report.rows?.every((row) => shown.principals.some((p) => p.id === row.principal)) !== false, 'the frame has another report');
  await frame.locator('.matrix .cell').first().click();
  check(await frame.locator('#reason').isVisible(), 'in the frame a cell opens no reason');
  const wrong = await violations(page);
  check(wrong.length === 0, `axe: ${wrong.join('; ')}`);
}

async function saysWhatIsWrong(page) {
  await write(page, 'version: 1\nstack: shop\nsecrets:\n  db: { name: shop/db, value: { empty: true } }\nprincipals:\n  api: { existingRole: api }\ngrants:\n  - { to: api, allow: raed, secrets: db }\n');
  await said(page, /^1 error/);
  check(/raed/.test(await page.textContent('#found')), 'the list does not say what is wrong');
  check(await page.locator('.cm-lintRange-error').innerText() === 'raed', 'the wrong word is not marked');
  check(/errors/.test(await page.textContent('#text')), 'a spec with errors has a template');
  await page.click('#found button:text("Repair")');
  await said(page, /^(no errors|\d+ (warning|note))/);
  await shows(page, 'AWS::SecretsManager::Secret');
  await write(page, 'version: 1\nstack: shop\nsecrets:\n  db: { name: shop/db, value: { secretString: "hunter2-do-not-show" } }\n');
  await said(page, /error/);
  check(!(await page.textContent('#found')).includes('hunter2') && !(await page.textContent('#text')).includes('hunter2'), 'a literal is shown outside of the spec');
  await write(page, '<img src=x onerror=alert(1)>: [');
  await said(page, /error/);
  check(await page.locator('img').count() === 0, 'a spec is markup');
}

async function tellsChanges(page) {
  await page.click('#tab-changes');
  await shows(page, 'no change in access or resources');
  await page.selectOption('#example', { label: '14-change-before' });
  await shows(page, 'no change in access or resources');
  await write(page, readFileSync(inRepo('examples', '14-change-after.yaml'), 'utf8'));
  const text = await shows(page, 'widens');
  for (const [name, from] of [['before.yaml', '14-change-before'], ['spec.yaml', '14-change-after']]) writeFileSync(join(dir, name), readFileSync(inRepo('examples', `${from}.yaml`)));
  check(text.trim() === run('diff', 'before.yaml', 'spec.yaml').trim(), `the page tells other changes: ${text}`);
  await page.click('#before');
  await shows(page, 'no change in access or resources');
}

async function carriesASpec(page) {
  const spec = '# Grüße 🙂\nversion: 1\nstack: linked\nsecrets:\n  own: { name: linked/own, value: { empty: true } }\n';
  await write(page, spec);
  await shows(page, 'linked/own');
  await page.click('#link');
  await page.waitForFunction(() => location.hash.startsWith('#spec='));
  const address = await page.evaluate(() => location.hash);
  await page.selectOption('#example', '0');
  await page.waitForFunction(() => !document.getElementById('text').textContent.includes('linked/own'));
  await page.evaluate((hash) => { location.hash = hash; }, address);
  await shows(page, 'linked/own');
  check((await page.locator('.cm-content').innerText()).includes('Grüße 🙂'), 'the link changes characters');
  await page.evaluate((hash) => { location.hash = hash; }, address.slice(0, -9));
  await said(page, /cut or changed/);
}

async function environments(page) {
  await page.selectOption('#example', { label: '13-environments' });
  await page.locator('#environment').waitFor({ timeout: patience });
  const names = await page.$$eval('#environment option', (list) => list.map((o) => o.textContent));
  check(names.length > 1, `the environments are ${names}`);
  await shows(page, 'AWS::SecretsManager::Secret');
  const first = await page.textContent('#text');
  await page.selectOption('#environment', names.at(-1));
  await page.waitForFunction((text) => document.getElementById('text').textContent !== text, first, { timeout: patience }).catch(() => check(false, 'another environment has the same template'));
  await page.selectOption('#format', 'yaml');
  await shows(page, 'Type: AWS::SecretsManager::Secret');
}

async function narrow(page) {
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  check(wide <= 390, `at 390 pixels the page is ${wide} wide`);
  const wrong = await violations(page);
  check(wrong.length === 0, `axe: ${wrong.join('; ')}`);
}
