// What a user sees in an editor: examples are clean, mistakes are marked where they are, completion offers what the language has,
// and hovering explains.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { examples, fromRepo, inRepo } from '../lib/paths.mjs';
import { check, end } from '../lib/report.mjs';
import { completions, hovers } from './cases.mjs';
import { start } from './server.mjs';

const schemaPath = inRepo('schema', 'spec.schema.json');
const schema = JSON.parse(readFileSync(schemaPath, 'utf8'));
const server = await start(schemaPath, { customTags: documentedTags() });

await nothingIsMarkedInWhatCompiles();
await mistakesAreMarked();
await completionOffersTheLanguage();
await hoverExplains();
await server.stop();
end('editor');

// documentedTags reads the setting that docs/editor.md tells users, so that the page is proved with it.
function documentedTags() {
  const [, block] = readFileSync(inRepo('docs', 'editor.md'), 'utf8').match(/```json\n([\s\S]*?)```/);
  return JSON.parse(block)['yaml.customTags'];
}

async function nothingIsMarkedInWhatCompiles() {
  const files = [...examples().flatMap(yamlFiles), ...compilingGoldenSpecs(), ...situationSpecs()];
  // All at once, because the server waits a while before it looks at a text.
  const found = await Promise.all(files.map((file) => server.diagnostics(readFileSync(file, 'utf8'))));
  files.forEach((file, i) => {
    check(found[i].length === 0, () => `${fromRepo(file)} compiles, but an editor marks ${found[i].map(shown).join('; ')}`);
  });
}

function yamlFiles(path) {
  if (statSync(path).isDirectory()) return readdirSync(path).sort().map((name) => join(path, name)).filter((f) => f.endsWith('.yaml'));
  return path.endsWith('.yaml') ? [path] : [];
}

// compilingGoldenSpecs lists the specs of golden cases that end without an error.
function compilingGoldenSpecs() {
  const golden = inRepo('testdata', 'golden');
  const folders = (path) => readdirSync(path, { withFileTypes: true }).filter((e) => e.isDirectory()).map((e) => e.name);
  return folders(golden).flatMap((shelf) => folders(join(golden, shelf)).map((name) => join(shelf, name))).sort()
    .filter((name) => !existsSync(join(golden, name, 'want', 'exit')))
    .map((name) => join(golden, name, 'spec.yaml'))
    .filter(existsSync);
}

function situationSpecs() {
  const situations = inRepo('conformance', 'cdk', 'situations');
  return readdirSync(situations).sort().map((name) => join(situations, name, 'spec.yaml'));
}

async function mistakesAreMarked() {
  const text = readFileSync(new URL('mistakes.yaml', import.meta.url), 'utf8');
  const want = new Set();
  text.split('\n').forEach((line, i) => {
    const comment = line.match(/\S.* # (.*)$/);
    if (comment) want.add(shown({ line: i + 1, message: comment[1] }));
  });
  const got = new Set((await server.diagnostics(text)).map((d) => shown({ ...d, message: d.message.split('\n')[0] })));
  for (const mistake of want) check(got.has(mistake), `mistakes.yaml: not marked: ${mistake}`);
  for (const mark of got) check(want.has(mark), `mistakes.yaml: not expected: ${mark}`);
}

async function completionOffersTheLanguage() {
  for (const c of completions) {
    const { text, offset } = cursor(c.at);
    const got = await server.completions(text, offset);
    const definition = schema.definitions[c.propertiesOf ?? c.wordsOf];
    const want = c.offers ?? (c.wordsOf ? definition.enum : Object.keys(definition.properties));
    const missing = want.filter((label) => !got.includes(label));
    check(missing.length === 0, () => `completion at ${JSON.stringify(c.at)} does not offer ${missing.join(', ')}; it offers ${got.join(', ') || 'nothing'}`);
    for (const label of c.withholds ?? []) check(!got.includes(label), `completion at ${JSON.stringify(c.at)} offers ${label}`);
  }
}

async function hoverExplains() {
  for (const h of hovers) {
    const { text, offset } = cursor(h.at);
    const want = h.of.reduce((part, name) => part[name], schema).description;
    const got = await server.hover(text, offset);
    // The server escapes what would be Markdown; letters and digits are left as they are.
    check(plain(got).includes(plain(want)), () => `hovering at ${JSON.stringify(h.at)} shows ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
  }
}

function cursor(at) {
  const offset = at.indexOf('▮');
  return { text: at.replace('▮', ''), offset };
}

function plain(markdown) {
  return markdown.replace(/[^A-Za-z0-9]+/g, ' ');
}

function shown({ line, message }) {
  return `line ${line}: ${message}`;
}
