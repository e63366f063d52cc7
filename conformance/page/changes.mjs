// The page of `diff --format html`: what it marks is what `--format json` says, for each filter and in each reason, and everything that the page of access keeps to it keeps to as well.

import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretctl } from '../lib/paths.mjs';
import { check } from '../lib/report.mjs';
import { violations } from './browser.mjs';

const kinds = ['', 'gains', 'widens', 'changes', 'unknown', 'narrows', 'loses'];
const around = 'version: 1\nstack: shop\nenvironment: { account: "111111111111", region: eu-west-1 }\n';
const old = `${around}secrets:
  db: { name: shop/db, value: { generate: { passwordLength: 32 } }, replicas: [us-east-1] }
  mail: { name: shop/mail }
  gone: { name: shop/gone, deletionPolicy: Delete }
principals:
  api: { existingRole: api }
  ci: { existingRole: ci }
  left: { existingRole: left }
  ops: { existingRole: ops }
  shift: { existingRole: shift }
  stays: { existingRole: stays }
grants:
  - { to: stays, allow: read, secrets: db }
  - { to: api, allow: read, secrets: [db, mail], when: { sourceVpce: vpce-11111111 } }
  - { to: [left, ops], allow: read, secrets: [mail, gone] }
  - { to: shift, allow: read, secrets: mail, when: { sourceVpce: vpce-11111111 } }
`;
const now = `${around}secrets:
  db: { name: shop/db, value: { generate: { passwordLength: 40 } }, replicas: [us-east-1] }
  mail: { name: shop/mail }
principals:
  api: { existingRole: api }
  ci: { existingRole: ci }
  ops: { existingRole: ops }
  partner: { account: "222222222222" }
  shift: { existingRole: shift }
  stays: { existingRole: stays }
grants:
  - { to: stays, allow: read, secrets: db }
  - { to: api, allow: read, secrets: [db, mail] }
  - { to: ci, allow: [read, write], secrets: mail }
  - { to: ci, allow: describe, secrets: db }
  - { to: ops, allow: read, secrets: mail, when: { mfa: true } }
  - { to: shift, allow: read, secrets: mail, when: { sourceVpce: vpce-22222222 } }
accept:
  - { risk: gains, principals: ci, secrets: db, reason: the release pipeline lists }
  - { risk: value-lost, secrets: db, reason: rotated by hand }
`;

// changes opens pages of changes. inPage runs a part in a page, which must not complain; settled waits for a count of cells.
export async function changes({ dir, inPage, settled, press, focused }) {
  const write = (name, text) => {
    const path = join(dir, name);
    writeFileSync(path, text);
    return path;
  };
  const run = (...args) => execFileSync(secretctl(), ['diff', ...args], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
  const pageOf = (name, ...args) => write(`${name}.html`, run('--format', 'html', ...args));
  const paths = [write('old.yaml', old), write('new.yaml', now)];
  const said = JSON.parse(run('--format', 'json', ...paths));
  const file = pageOf('changes', ...paths);
  const cells = (keep = () => true) => new Set(said.access.filter(keep).map((c) => `${c.principal} ${c.secret}`)).size;

  // marksWhatChanged: each change of the JSON is one of a line, and there are no others; those of resources stand above.
  async function marksWhatChanged(page, data) {
    const have = data.lines.filter((l) => l[8] !== undefined).flatMap((l) => l[2].flatMap((v) => (l[3] || data.secrets[l[0]].regions).map((region) => JSON.stringify([
      kinds[data.changes[l[8]][0]], data.principals[l[1]].id, data.secrets[l[0]].id, region, data.verbs[v].name, data.changes[l[8]][5] >= 0]))));
    const want = said.access.map((c) => JSON.stringify([c.change, c.principal, c.secret, c.region, c.verb, c.accepted]));
    check(want.length > 8 && have.sort().join('\n') === want.sort().join('\n'), `the page marks\n${have.join('\n')}\nnot\n${want.join('\n')}`);
    check(new Set(said.access.map((c) => c.change)).size === 5, `the changes are of the kinds ${said.access.map((c) => c.change)}`);
    await settled(page, `${cells()} cell`);
    await page.uncheck('#fold');
    check(await page.locator('.matrix .cell').count() === cells() && await page.locator('.matrix .cell .changed').count() >= cells(), 'cells that changed are not all shown, or not marked');
    const signs = await page.$$eval('.legend .sign', (list) => list.map((s) => getComputedStyle(s, '::before').content.replaceAll('"', '')));
    check(new Set(signs).size === signs.length && signs.length === 6, `the legend has the signs ${signs}`);
    const above = await page.textContent('.top');
    for (const r of said.resources.filter((one) => one.risk !== 'update')) check(above.includes(r.logicalId) && above.includes(r.message), `above the matrix there is no ${r.logicalId}: ${r.message}`);
    const badges = await page.$$eval('.class > h3 .badge, .class > summary .badge', (list) => list.map((b) => b.textContent));
    for (const [name, n] of Object.entries(said.summary)) if (n > 0) check(badges.includes(name) || name === 'value-lost', `nothing above the matrix is called ${name}: ${badges}`);
    check(/^1 changed$/.test(await page.locator('.facts dd').nth(2).textContent()), 'the stacks are not counted');
  }

  async function choosesByKind(page, data) {
    for (const kind of ['gains', 'widens', 'changes', 'narrows', 'loses']) {
      await page.selectOption('#change', kind);
      await page.waitForFunction((hash) => location.hash === hash, `#change=${kind}`, { timeout: 5000 }).catch(() => check(false, `the address does not say ${kind}`));
      await settled(page, `${cells((c) => c.change === kind)} cell`);
      check((await page.$$eval('.matrix .cell', (list) => list.map((b) => b.getAttribute('aria-label')))).every((label) => label.includes(`: ${kind}`)), `of ${kind} the labels say something else`);
    }
    await page.selectOption('#change', 'accepted');
    await settled(page, `${cells((c) => c.accepted)} cell`);
    check(await page.locator('.matrix .changed.accepted').count() > 0, 'what is accepted is not told apart');
    await page.selectOption('#change', 'open');
    await settled(page, `${cells((c) => !c.accepted)} cell`);
    await page.selectOption('#change', 'all');
    const all = new Set(data.lines.map((l) => `${l[0]} ${l[1]}`)).size;
    check(all > cells(), 'everything changed');
    await settled(page, `${all} cell`);
    await page.click('button[type="reset"]');
    await settled(page, `${cells()} cell`);
    await page.evaluate(() => { location.hash = '#change=loses'; });
    await settled(page, `${cells((c) => c.change === 'loses')} cell`);
    await page.evaluate(() => { location.hash = '#change=never'; });
    await settled(page, `${cells()} cell`);
  }

  // saysWhy: from the list above the matrix to the reason, which says what was, what is, what shows it, and how to ask.
  async function saysWhy(page, data) {
    for (const kind of ['widens', 'narrows', 'changes', 'gains', 'loses']) {
      const c = said.access.find((one) => one.change === kind && !one.accepted);
      await page.evaluate((hash) => { location.hash = hash; }, `#${new URLSearchParams({ who: c.principal, what: c.secret })}`);
      await page.waitForFunction((id) => document.querySelector('#reason h2')?.textContent.startsWith(id), c.principal, { timeout: 5000 });
      const sides = await page.locator('#reason .sides').first().innerText();
      const words = { allow: 'allowed', conditional: 'under conditions', deny: 'not allowed' };
      check(sides.includes(words[c.before]) && sides.includes(words[c.after]) && sides.indexOf('Before') < sides.indexOf('Now'), `of ${kind} the sides are ${sides}`);
      for (const one of [...c.conditions.before, ...c.conditions.after]) check(sides.includes(one.key) && one.values.every((v) => sides.includes(v)), `the condition ${one.key} is missing in ${sides}`);
      const text = await page.textContent('#reason');
      for (const place of c.because) check(text.includes(`${place.file}:${place.start.line}:${place.start.column}`), `of ${kind} the reason does not say ${JSON.stringify(place)}`);
      const requests = await page.$$eval('#reason pre', (list) => list.map((pre) => pre.textContent));
      for (const w of [...c.witness.gained, ...c.witness.lost]) check(requests.some((r) => r.includes(`${w.caller} calls ${w.action} on ${w.resource}`) && Object.entries(w.context).every(([key, values]) => r.includes(`${key} = ${values.join(', ')}`))), `of ${kind} no request is ${JSON.stringify(w)}`);
      check(c.witness.gained.length + c.witness.lost.length > 0, `of ${kind} there is no request`);
      await commandsAnswer(page, c);
    }
    const link = page.locator('.class a[href^="#"]').first();
    const target = new URLSearchParams((await link.getAttribute('href')).slice(1));
    await link.click();
    await settled(page, `${cells((c) => c.change === target.get('change') && c.principal.includes(target.get('principal') ?? '') && c.secret.includes(target.get('secret') ?? ''))} cell`);
    check(data.secrets.find((s) => s.id === 'gone').gone && (await page.textContent('.top')).includes('gone'), 'what is gone is not said to be');
  }

  // commandsAnswer runs the commands of a reason: the one for both states, and those for each.
  async function commandsAnswer(page, c) {
    const commands = await page.$$eval('#reason .command code', (list) => list.map((code) => code.textContent));
    const [whole, filter] = commands.at(-1).split(' | jq ');
    check(filter === `'.access[] | select(.principal == "${c.principal}" and .secret == "${c.secret}")'`, `the filter is ${filter}`);
    const [program, ...args] = whole.split(' ');
    check(program === 'secretctl' && execFileSync(secretctl(), args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString() === JSON.stringify(said, null, 2) + '\n', `${whole} answers something else`);
    const effects = { yes: 'allow', no: 'deny' };
    for (const [path, effect] of [[paths[1], c.after], [paths[0], c.before]]) {
      const command = commands.find((one) => one.startsWith(`secretctl why ${c.principal} ${c.verb} ${c.secret} `) && one.endsWith(path));
      check(command, `no command asks ${path} of ${commands}`);
      const isThere = path === paths[0] ? c.principal !== 'partner' : c.principal !== 'left' && c.secret !== 'gone';
      if (!command || !isThere) continue;
      let out;
      try {
        out = execFileSync(secretctl(), [...command.split(' ').slice(1), '--format', 'json'], { stdio: ['ignore', 'pipe', 'ignore'] });
      } catch (refused) { // no is 1
        out = refused.stdout;
      }
      const answer = JSON.parse(out);
      check((effects[answer.effect] ?? answer.effect) === effect, `${command} answers ${answer.effect}, not ${effect}`);
    }
  }

  async function byKeyboard(page) {
    for (let stops = 0; stops < 60 && await page.evaluate(() => !document.activeElement.matches('.cell')); stops++) await press(page, 'Tab');
    const first = await focused(page);
    check(/: (gains|widens|changes|narrows|loses) .*, before /.test(first.text), `Tab leads to ${JSON.stringify(first)}`);
    await press(page, 'Enter');
    check(await page.isVisible('#reason .sides'), 'Enter does not open what changed');
    await press(page, 'Escape');
    check(await page.isHidden('#reason') && (await focused(page)).text === first.text, 'Escape does not close it');
    await page.focus('#change');
    await press(page, 'g');
    await settled(page, `${cells((c) => c.change === 'gains')} cell`);
  }

  async function onPaper(page) {
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    check(await page.locator('#print .matrix .changed').count() >= cells() - 2 && await page.isVisible('.lead'), 'what changed is not printed');
    const why = await page.textContent('#print .why');
    check(said.access.every((c) => why.includes(c.secret) && why.includes(c.principal) && c.because.every((b) => why.includes(`:${b.start.line}:${b.start.column}`))) && why.includes('before: under conditions'), 'the changes that are printed leave something out');
    check(await page.locator('.top details:not([open])').count() === 0, 'what is folded is not printed');
    check((await page.pdf({ preferCSSPageSize: true })).length > 10_000, 'there is no PDF');
  }

  async function onATelephone(page) {
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      await page.locator('#list').waitFor({ timeout: 5000 }).catch(() => {});
      check(await page.isVisible('#list') && await page.isHidden('#matrix'), `at ${width} pixels there is a matrix`);
      check(await page.locator('.entry .changed').count() >= cells(), 'the list does not mark what changed');
      const entry = page.locator('.entry').first();
      await entry.click();
      check(await page.isVisible('.entry.open + #reason .sides'), 'the reason does not stand below its entry');
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      check(wide <= width, `at ${width} pixels the page is ${wide} wide`);
      await entry.click();
    }
  }

  async function inTables(page) {
    const rows = await page.$$eval('#plain table:first-of-type tbody tr', (list) => list.map((tr) => tr.innerText));
    check(said.access.every((c) => rows.some((r) => r.includes(c.principal) && r.includes(c.secret) && r.includes(c.verb) && r.includes(c.change))), `the table without scripts is ${rows.join('\n')}`);
    check(await page.isHidden('#filters') && (await page.textContent('.top')).includes('DbSecret'), 'without scripts there are filters, or no list of resources');
  }

  async function nothingChanged() {
    await inPage(async function nothing(page) {
      check((await page.textContent('.lead')) === 'No change in access or resources.', `the page says ${await page.textContent('.lead')}`);
      await settled(page, '0 cells');
      await page.click('#matrix-table a');
      await page.waitForFunction(() => document.querySelectorAll('.matrix .cell').length > 0, undefined, { timeout: 5000 }).catch(() => check(false, 'who can do what is not shown'));
      for (const violation of await violations(page)) check(false, `nothing changed: ${violation}`);
    }, {}, pageOf('nothing', paths[0], write('same.yaml', old.replace('secrets:', 'secrets: # the same'))));
  }

  // hostile: whatever stands in a template or in a reason is text.
  async function hostile() {
    const evil = '</script><img src=x onerror=alert(1)>"\'&';
    const template = (roles) => JSON.stringify({ Resources: {
      S: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: `x${evil}`, Description: roles.join() } },
      P: { Type: 'AWS::SecretsManager::ResourcePolicy', Properties: { SecretId: { Ref: 'S' }, ResourcePolicy: { Statement: [{ Sid: evil, Effect: 'Allow', Principal: { AWS: roles.map((r) => `arn:aws:iam::111111111111:role/${r}`) }, Action: 'secretsmanager:GetSecretValue', Resource: '*', Condition: { StringEquals: { [`aws:PrincipalTag/${evil}`]: evil } } }] } } },
    } });
    const accept = write('accept.yaml', `accept: [{ risk: gains, reason: ${JSON.stringify(evil)} }, { risk: fails, secrets: ${JSON.stringify(evil)}, reason: unused }]\n`);
    const sides = ['before', 'after'].map((name, i) => `${write(`evil-${name}.json`, template(i ? ['a', 'b'] : ['a', 'c']))}@111111111111:eu-west-1`);
    await inPage(async function hostileChanges(page) {
      for (const cell of await page.locator('.matrix .cell').all()) {
        await cell.click();
        await page.click('#reason summary');
      }
      check(await page.locator('img').count() === 0 && (await page.textContent('#reason')).includes('onerror') && (await page.textContent('.top')).includes(`accepted: ${evil}`), 'a name or a reason is markup');
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      check(await page.locator('img').count() === 0, 'a name is markup on paper');
    }, {}, pageOf('evil-changes', '--accept', accept, ...sides));
  }

  // many: 14,400 changes are a page that opens soon and is not large, and says what it leaves out.
  async function many() {
    const template = (action, resources) => {
      const Resources = {};
      for (let i = 0; i < 12; i++) {
        Resources[`R${i}`] = { Type: 'AWS::IAM::Role', Properties: { RoleName: `role-${i}`, AssumeRolePolicyDocument: { Statement: [] }, Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: action, Resource: resources }] } }] } };
      }
      return JSON.stringify({ Resources });
    };
    const secrets = Array.from({ length: 3 }, (_, n) => JSON.stringify({ Resources: Object.fromEntries(Array.from({ length: 400 }, (__, i) => [`S${n * 400 + i}`, { Type: 'AWS::SecretsManager::Secret', Properties: { Name: `s-${n * 400 + i}` } }])) }));
    for (const [name, action] of [['before', 'sqs:SendMessage'], ['after', 'secretsmanager:GetSecretValue']]) {
      mkdirSync(join(dir, name));
      [template(action, '*'), ...secrets].forEach((text, i) => write(join(name, `many-${i}.json`), text));
    }
    const to = pageOf('many-changes', '--account', '111111111111', '--region', 'eu-west-1', join(dir, 'before'), join(dir, 'after'));
    const { size } = statSync(to);
    check(size < 3_000_000, `the page has ${size} bytes`);
    await inPage(async function manyChanges(page, data) {
      check(data.lines.filter((l) => l[8] !== undefined).length === 14_400, `the page has ${data.lines.length} lines`);
      check(await page.locator('.matrix tbody tr').count() <= 10, 'equal rows are not folded');
      await page.uncheck('#fold');
      check((await page.textContent('#matrix-pages')).includes('rows 1–60 of 1,200'), 'there are no pages of rows');
    }, {}, to);
  }

  async function obstacles() {
    const [all, wide, narrow] = [['matrix', 'list'], { width: 1440, height: 900 }, { width: 390, height: 844 }];
    for (const colorScheme of ['light', 'dark']) {
      for (const viewport of [wide, narrow]) {
        await inPage(async function obstaclesOfChanges(page) {
          for (const view of viewport === wide ? all : ['list']) {
            if (viewport === wide) await page.click(`#tab-${view}`);
            await page.click(view === 'matrix' ? '.cell[tabindex="0"]' : '.entry:not(.open)');
            await page.click('#reason summary');
            for (const violation of await violations(page)) check(false, `changes, ${view}, ${colorScheme}, ${viewport.width}: ${violation}`);
            check(true);
          }
        }, { reducedMotion: 'reduce', colorScheme, viewport }, file);
      }
    }
  }

  for (const part of [marksWhatChanged, choosesByKind, saysWhy, byKeyboard, onPaper, onATelephone]) await inPage(part, {}, file);
  await inPage(inTables, { javaScriptEnabled: false }, file);
  for (const part of [nothingChanged, hostile, many, obstacles]) await part();
}
