// Builds the page: `node playground/build.mjs FILE`. All of it is one file, so that it can be opened from a disk: the compiler stands in it, compressed and in base64.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const most = 6_000_000; // bytes of the page as a server sends it, compressed

// Functions that are not written into others make the page a sixth smaller, and its compiler a quarter slower.
const small = ['-ldflags=-s -w', '-gcflags=all=-l'];

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const out = resolve(process.argv[2] ?? join(root, 'bin', 'playground.html'));
const go = process.env.GO ?? 'go';
const packages = new Set(); // of npm, that are in the page

function compiler() {
  const dir = mkdtempSync(join(tmpdir(), 'playground-'));
  try {
    const file = join(dir, 'secretctl.wasm');
    execFileSync(go, ['build', '-trimpath', ...small, '-o', file, './playground'], { cwd: root, stdio: 'inherit', env: { ...process.env, GOOS: 'js', GOARCH: 'wasm' } });
    const bytes = readFileSync(file);
    return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).toString('base64');
  } finally {
    rmSync(dir, { recursive: true });
  }
}

// bundled returns a script of a file and all that it imports. Made are modules whose text is made here.
async function bundled(file, made = {}) {
  const plugin = { name: 'made', setup(b) {
    b.onResolve({ filter: /^[a-z-]+$/ }, ({ path }) => (path in made ? { path, namespace: 'made' } : undefined));
    b.onLoad({ filter: /.*/, namespace: 'made' }, ({ path }) => ({ contents: JSON.stringify(made[path]), loader: 'json' }));
  } };
  const result = await build({ entryPoints: [join(here, 'src', file)], absWorkingDir: here, bundle: true, minify: true, write: false, metafile: true, format: 'iife', target: 'es2022', charset: 'ascii', legalComments: 'none', plugins: [plugin] });
  for (const input of Object.keys(result.metafile.inputs)) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (name) packages.add(name);
  }
  return result.outputFiles[0].text;
}

// licences are the texts of the licences of everything that is in the page. A package that comes without one stands with the name of its licence.
function licences() {
  const of = [...packages].sort().map((name) => {
    const dir = join(here, 'node_modules', name);
    const file = readdirSync(dir).find((entry) => /^licen[cs]e/i.test(entry));
    const { version, license, author } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
    const text = file ? readFileSync(join(dir, file), 'utf8') : `Licence: ${license}. Author: ${typeof author === 'string' ? author : author?.name ?? 'not stated'}.`;
    return `${name} ${version}\n\n${text.trim()}`;
  });
  return [readFileSync(join(root, 'THIRD_PARTY_LICENSES'), 'utf8').trim(), ...of].join('\n\n----\n\n');
}

// examples are those of one file.
function examples() {
  const dir = join(root, 'examples');
  return readdirSync(dir).filter((name) => name.endsWith('.yaml')).sort().map((name) => ({ name: basename(name, '.yaml'), text: readFileSync(join(dir, name), 'utf8') }));
}

// inScript is a script that can stand in a page: nothing in it ends it.
const inScript = (text) => text.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');

const goRoot = execFileSync(go, ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
const workerSource = `${readFileSync(join(goRoot, 'lib', 'wasm', 'wasm_exec.js'), 'utf8')}\n${await bundled('worker.js')}`;
const parts = {
  style: readFileSync(join(here, 'src', 'page.css'), 'utf8'),
  script: inScript(await bundled('page.js', { 'worker-source': workerSource, examples: examples() })),
  compiler: compiler(),
};
const escaped = { '&': '&amp;', '<': '&lt;' };
parts.licences = licences().replace(/[&<]/g, (c) => escaped[c]);
const page = readFileSync(join(here, 'src', 'index.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
const sent = gzipSync(page, { level: 9 }).length;
console.log(`${out}: ${page.length.toLocaleString('en')} bytes, compressed ${sent.toLocaleString('en')}`);
if (sent > most) throw new Error(`compressed, the page may have ${most.toLocaleString('en')} bytes`);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(`${out}.new`, page);
renameSync(`${out}.new`, out);
