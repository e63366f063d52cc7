// What secretctl reads in a template of AWS's serverless transform is what it reads in the template that the transform makes of it: the
// same principals may do the same.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRepo, secretctl } from '../lib/paths.mjs';
import { check, end } from '../lib/report.mjs';
import { template } from './templates.mjs';

const python = process.env.PYTHON ?? 'python3';
const templates = Number(process.env.TEMPLATES ?? 150); // TEMPLATES=3000 says more
const first = Number(process.env.FIRST ?? 1);

// answers are what secretctl says of a template: who there is, and who may do what.
function answers(file, content) {
  writeFileSync(file, JSON.stringify(content));
  const ran = spawnSync(secretctl(), ['access', '--format', 'json', `${file}@111111111111:eu-west-1`], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(ran.stderr);
  const { principals, access } = JSON.parse(ran.stdout);
  return new Set([...principals, ...access].map((row) => JSON.stringify(row)));
}

// What the transform takes is compared; a few templates it refuses, or cannot make.
const refusals = [];

function compare(number, given, made, dir) {
  const { template: made_, refused } = made;
  if (refused) {
    refusals.push(`template ${number}: ${refused}`);
    return;
  }
  const [ours, theirs] = [given, made_].map((content, i) => answers(join(dir, `${i}`, 'app.json'), content));
  const more = [...ours].filter((row) => !theirs.has(row));
  const less = [...theirs].filter((row) => !ours.has(row));
  check(more.length + less.length === 0, () => `template ${number}\n  only before the transform: ${more[0]}\n  only behind it: ${less[0]}`);
}

if (spawnSync(python, ['-c', 'import samtranslator']).status !== 0) {
  console.log('############ sam: the serverless transform is not installed: NOTHING WAS COMPARED (pip install aws-sam-translator) ############');
} else {
  const numbers = Array.from({ length: templates }, (_, i) => first + i);
  const input = numbers.map((number) => JSON.stringify(template(number))).join('\n');
  const ran = spawnSync(python, [inRepo('conformance', 'sam', 'transform.py')], { input, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (ran.status !== 0) throw new Error(ran.stderr);
  const dir = mkdtempSync(join(tmpdir(), 'sam-'));
  try {
    for (const i of [0, 1]) mkdirSync(join(dir, `${i}`));
    ran.stdout.trimEnd().split('\n').forEach((line, i) => compare(numbers[i], template(numbers[i]), JSON.parse(line), dir));
  } finally {
    rmSync(dir, { recursive: true });
  }
  check(refusals.length < templates / 10, () => `the transform refuses ${refusals.length} of ${templates}, as ${refusals[0]}`);
  end('sam');
}
