// Each situation's templates, the CDK's and ours, are asked the same requests, and must answer as the situation says. docs/cdk.md is
// made from the situations and must not be stale.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromRepo, secretctl } from '../lib/paths.mjs';
import { check, end } from '../lib/report.mjs';
import { ask } from './ask.mjs';
import { faults, situations } from './situations.mjs';
import { synthesize } from './synth.mjs';
import { isStale } from './table.mjs';
import { world } from './world.mjs';

const answers = { both: [true, true], neither: [false, false], less: [true, false], more: [false, true] };
const all = await situations();
const out = mkdtempSync(join(tmpdir(), 'situations-'));
const waiting = [];
try {
  for (const situation of all) await compare(situation);
} finally {
  rmSync(out, { recursive: true });
}
if (waiting.length > 0) console.log(`cdk: this version of secretctl does not compile, and nothing was compared in, ${waiting.join(', ')}`);
check(!isStale(all), 'docs/cdk.md is stale; run node conformance/cdk/table.mjs --write');
console.log(`cdk: ${all.length - waiting.length} of ${all.length} situations compared`);
end('cdk');

async function compare(situation) {
  const wrong = faults(situation);
  check(wrong.length === 0, `${situation.name}: ${wrong.join('; ')}`);
  if (wrong.length > 0) return;
  const theirs = world([{ account: '111111111111', region: 'eu-west-1', template: synthesize(situation) }]);
  const ours = compiled(situation);
  for (const request of situation.requests) {
    const [theirAnswer, ourAnswer] = answers[request.expect];
    judge(situation, request, 'the CDK', theirAnswer, await ask(theirs, request));
    if (ours) judge(situation, request, 'secretctl', ourAnswer, await ask(ours, request));
  }
}

function judge({ name }, request, whose, want, denied) {
  check((denied.length === 0) === want, () =>
    `${name}: the template of ${whose} should ${want ? 'allow' : 'deny'} ${JSON.stringify(request)}; ${denied.length ? `denied is ${denied.join(' and ')}` : 'it allows all of it'}`);
}

// compiled answers the world of a situation's spec, or nothing if this version does not compile something in it.
function compiled({ name, spec, about: { environment } }) {
  const folder = join(out, name);
  const { status, stderr } = spawnSync(secretctl(), ['compile', spec, '-o', `${folder}/`], { encoding: 'utf8' });
  const errors = stderr.split('\n').filter((line) => line.includes(': error['));
  if (errors.length > 0 && errors.every((line) => line.includes('error[SC0001]'))) {
    waiting.push(name);
    return undefined;
  }
  check(status === 0, `${fromRepo(spec)} does not compile: ${errors.join('; ') || stderr}`);
  if (status !== 0) return undefined;
  const written = join(folder, environment ?? ''); // of a spec with environments, one is compared
  const { stacks } = JSON.parse(readFileSync(join(written, 'plan.json'), 'utf8'));
  return world(stacks.map(({ account, region, template }) => ({ account, region, template: JSON.parse(readFileSync(join(written, template), 'utf8')) })));
}
