// Every evaluation of our evaluator is compared with an independent simulator's. The files are those named as arguments, else
// sample.ndjson and all of the folder that EVALUATIONS names.

import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { fromRepo, inRepo } from '../lib/paths.mjs';
import { check, end, passed } from '../lib/report.mjs';
import { acceptedDifferences, accepts } from './differences.mjs';

const files = process.argv.length > 2 ? process.argv.slice(2).map((name) => resolve(name)) : [sample(), ...evaluated()];
const started = Date.now();
const { compared, differences } = await compare(files);
console.log(`iam-simulate: ${compared} evaluations of ${files.length} files compared in ${((Date.now() - started) / 1000).toFixed(1)} s`);
judge();
end('iam-simulate');

function sample() {
  return fileURLToPath(new URL('sample.ndjson', import.meta.url));
}

function evaluated() {
  const folder = process.env.EVALUATIONS;
  return folder ? readdirSync(folder).sort().filter((name) => name.endsWith('.ndjson')).map((name) => join(folder, name)) : [];
}

async function compare(files) {
  const turns = Math.min(4, availableParallelism());
  let compared = 0;
  const differences = [];
  await Promise.all(Array.from({ length: turns }, (_, turn) => new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: { files, turn, turns } });
    worker.on('message', (message) => {
      if (message.difference) differences.push(message.difference);
      else compared += message.compared;
    });
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a thread ended with ${code}`))));
  })));
  differences.sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);
  return { compared, differences };
}

function judge() {
  const accepted = acceptedDifferences(inRepo('conformance', 'differences.json'));
  const used = new Set();
  for (const difference of differences) {
    const entry = accepted.find((entry) => accepts(entry, difference));
    if (entry) used.add(entry);
    check(entry !== undefined, () => shown(difference));
  }
  passed(compared - differences.length);
  for (const entry of accepted) check(used.has(entry), `differences.json: no difference is matched by ${JSON.stringify(entry.match)}`);
}

function shown({ file, line, evaluation: e, theirs }) {
  const says = theirs.refused ? `refuses it: ${theirs.refused}` : `${theirs.allowed ? 'allows' : 'denies'} it (${theirs.because})`;
  return `${fromRepo(file)}:${line}: ${e.id}: ${e.caller.arn} ${e.action} ${e.resource} ${JSON.stringify(e.context)}: we ${e.allowed ? 'allow' : 'deny'}, the simulator ${says}`;
}
