// What the CDK's comparison of templates says of a change of every property that secretctl's table has, on the same pairs of templates: whether the
// resource is updated or replaced. What differs must stand in differences.json, with a reason and AWS's page.

import { diffTemplate, fullDiff } from '@aws-cdk/cloudformation-diff';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromRepo, inRepo } from '../lib/paths.mjs';
import { check, end } from '../lib/report.mjs';

// expected is what a risk means for the resource itself. A risk that is not here must be explained.
const expected = {
  replaced: ['WILL_REPLACE', 'MAY_REPLACE'],
  orphaned: ['WILL_REPLACE', 'MAY_REPLACE'], // the new one is made, and UpdateReplacePolicy keeps the old one
  'value-lost': ['WILL_REPLACE'],
  deleted: ['WILL_UPDATE'], // a replica, not the secret
  'access-gap': ['WILL_UPDATE'],
  'rotates-now': ['WILL_UPDATE'],
  'key-changed': ['WILL_UPDATE'],
  'guard-weaker': ['WILL_UPDATE'],
  update: ['WILL_UPDATE'],
};

const dir = process.env.RISKS;
const file = dir && join(dir, 'risks.ndjson');
if (!file || !existsSync(file)) throw new Error('RISKS does not name what TestWriteRisks wrote; run `make conformance PARTS=risk`');
const list = inRepo('conformance', 'risk', 'differences.json');
const { differences } = JSON.parse(readFileSync(list, 'utf8'));
const used = new Set();

for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  const { type, property, risk, old, new: now } = JSON.parse(line);
  const theirs = (fullDiff ?? diffTemplate)(old, now).resources.get('R').changeImpact;
  if (expected[risk]?.includes(theirs)) {
    check(true);
    continue;
  }
  const explained = differences.find((d) => d.type === type && (d.property === '*' || d.property === property) && d.theirs === theirs && d.risk === risk);
  if (explained) used.add(explained);
  check(explained, () => `${type} ${property}: secretctl says ${risk}, the CDK ${theirs}; one of them is wrong, or ${fromRepo(list)} says why they differ`);
}
for (const d of differences) {
  check(used.has(d), () => `${fromRepo(list)} explains ${d.type} ${d.property}, of which they say the same`);
  check(d.because && d.source?.startsWith('https://docs.aws.amazon.com/'), () => `${fromRepo(list)}: ${d.type} ${d.property} needs a reason and AWS's page`);
}
end('risk');
