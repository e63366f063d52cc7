// The page: the spec on the left, and what follows from it on the right. Everything that is shown is text, and never markup; access is a page of its own in a frame.

import examples from 'examples';
import workerSource from 'worker-source';
import { newCompiler } from './compiler.js';
import { newEditor } from './editor.js';
import { packed, unpacked } from './link.js';

const $ = (id) => document.getElementById(id);
const pause = 200; // milliseconds after a key, before the compiler is asked

const element = (name, attributes = {}, ...children) => {
  const out = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) out.setAttribute(key, value);
  out.append(...children);
  return out;
};

const state = { view: 'templates', before: '', file: 0, shown: [], frame: '' };
const compiler = newCompiler(workerSource, $('compiler').textContent.trim());
let typing;
const editor = newEditor($('editor'), () => {
  clearTimeout(typing);
  typing = setTimeout(ask, pause);
});

async function ask() {
  const request = { spec: editor.text(), before: state.before, environment: $('environment').value, format: $('format').value, show: state.view };
  say('…');
  try {
    const answer = await compiler.ask(request);
    if (request.spec === editor.text() && request.show === state.view) show(answer);
  } catch (error) {
    if (error.message !== 'asked again') say(error.message);
  }
}

const say = (text) => { $('status').textContent = text; };

function show({ diagnostics, environments, environment, shown, failed }) {
  const count = (severity) => diagnostics.filter((d) => d.Severity === severity).length;
  const words = [['error', 'errors'], ['warning', 'warnings'], ['note', 'notes']].flatMap(([one, many]) => (count(one) ? [`${count(one)} ${count(one) === 1 ? one : many}`] : []));
  say(words.join(', ') || 'no errors');
  editor.mark(diagnostics);
  $('found').replaceChildren(...diagnostics.map(foundOf));
  $('environment').replaceChildren(...environments.map((name) => element('option', {}, name)));
  $('environment').value = environment;
  $('environments').hidden = environments.length === 0;
  $('formats').hidden = state.view !== 'templates' && state.view !== 'plan';
  state.shown = shown;
  state.file = Math.min(state.file, Math.max(0, shown.length - 1));
  $('file').replaceChildren(...shown.map(({ name }, i) => element('option', { value: i }, name)));
  $('file').value = state.file;
  $('files').hidden = shown.length < 2;
  draw(failed || (shown.length === 0 ? emptyText(diagnostics) : ''));
}

function emptyText(diagnostics) {
  return diagnostics.some((d) => d.Severity === 'error') ? 'Nothing is made of a spec with errors. They stand below the spec.' : 'There is nothing to show.';
}

function draw(instead) {
  const file = state.shown[state.file];
  const page = !instead && file.name.endsWith('.html') ? file.text : '';
  $('text').hidden = page !== '';
  $('frame').hidden = page === '';
  $('text').textContent = page ? '' : instead || file.text;
  if (page === state.frame) return;
  state.frame = page;
  if ($('frame').dataset.address) URL.revokeObjectURL($('frame').dataset.address);
  const address = page ? URL.createObjectURL(new Blob([page], { type: 'text/html' })) : 'about:blank';
  $('frame').dataset.address = page ? address : '';
  $('frame').src = address;
}

function foundOf(d) {
  const at = d.Place.Line > 0 ? `line ${d.Place.Line}: ` : '';
  const go = element('button', { type: 'button', class: 'go' }, element('b', { class: d.Severity }, `${d.Severity} ${d.Code}`), ` ${at}${d.Message}`);
  go.addEventListener('click', () => editor.goTo(d.Place));
  const parts = [go];
  if (d.Hint) parts.push(element('p', { class: 'hint' }, `hint: ${d.Hint}`));
  if (d.Environments?.length) parts.push(element('p', { class: 'hint' }, `in ${d.Environments.join(', ')}`));
  for (const { Place, Message } of d.Related ?? []) parts.push(element('p', { class: 'hint' }, `line ${Place.Line}: ${Message}`));
  if (d.Fixes?.length) {
    const repair = element('button', { type: 'button' }, 'Repair');
    repair.addEventListener('click', () => editor.repair(d.Fixes));
    parts.push(repair);
  }
  return element('li', { title: d.Meaning }, ...parts);
}

function open(text) {
  state.before = text;
  editor.set(text);
}

function choose(tab) {
  for (const other of tabs) {
    other.setAttribute('aria-selected', String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
  }
  state.view = tab.id.slice('tab-'.length);
  state.file = 0;
  $('shown').setAttribute('aria-labelledby', tab.id);
  ask();
}

const tabs = [...document.querySelectorAll('[role="tab"]')];
tabs.forEach((tab, i) => {
  tab.addEventListener('click', () => choose(tab));
  tab.addEventListener('keydown', ({ key }) => {
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[key];
    if (to === undefined) return;
    const next = tabs[(to + tabs.length) % tabs.length];
    choose(next);
    next.focus();
  });
});
$('example').append(...examples.map(({ name }, i) => element('option', { value: i }, name)));
$('example').addEventListener('change', () => {
  if ($('example').value === '') return;
  open(examples[$('example').value].text);
  history.replaceState(null, '', location.pathname);
});
for (const id of ['environment', 'format']) $(id).addEventListener('change', ask);
$('file').addEventListener('change', () => {
  state.file = Number($('file').value);
  draw('');
});
$('before').addEventListener('click', () => {
  state.before = editor.text();
  ask();
});
$('link').addEventListener('click', async () => {
  history.replaceState(null, '', `#spec=${await packed(editor.text())}`);
  try {
    await navigator.clipboard.writeText(location.href);
    say('The link is copied; whoever has it has the spec.');
  } catch {
    say('The link stands in the address; whoever has it has the spec.');
  }
});

async function start() {
  const given = new URLSearchParams(location.hash.slice(1)).get('spec');
  if (given === null) {
    $('example').value = '0';
    open(examples[0].text);
    return;
  }
  try {
    $('example').value = '';
    open(await unpacked(given));
  } catch {
    say('The link has been cut or changed: there is no spec in it.');
  }
}

addEventListener('hashchange', start);
start();
