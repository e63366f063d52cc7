// docs/cdk.md, made from the situations. `node table.mjs --write` writes it.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { inRepo } from '../lib/paths.mjs';
import { situations } from './situations.mjs';

const { version } = createRequire(import.meta.url)('aws-cdk-lib/package.json');
const path = inRepo('docs', 'cdk.md');
const parts = ['Secret', 'Grants', 'Imports', 'Resource policies', 'Attachments', 'Rotation'];

const head = `# From the AWS CDK

This page shows what to write in a [spec](glossary.md#spec) in the place of every construct and call
of \`aws-cdk-lib/aws-secretsmanager\` ${version}.

Each row is a folder of [conformance/cdk/situations](../conformance/cdk/situations). It has the code
for the CDK, the spec, and requests that are asked of both templates. Both answer all of them alike,
but for what the last two columns say.

* A federated [principal](glossary.md#principal), OIDC and SAML among them, acts as a role. Give the
  [grant](glossary.md#grant) to the role, whose \`assumedBy\` names the provider.
* A grant to the own account says nothing that IAM does not decide anyway. One to everybody is
  refused: \`rolePattern\` says who is meant.
* The CDK has no call for the other [verbs](glossary.md#verb) (\`rotate\`, \`delete\`, \`purge\`,
  \`replicate\`, \`manage\`). [language.md](language.md#grants) says what their holders cannot do.

\`node conformance/cdk/table.mjs --write\` makes this page.
`;

// isStale says whether docs/cdk.md is not what the situations make.
export function isStale(all) {
  return !existsSync(path) || readFileSync(path, 'utf8') !== page(all);
}

function page(all) {
  const stray = all.find(({ about }) => !parts.includes(about.part));
  if (stray) throw new Error(`${stray.name}: the page has no part ${stray.about.part}`);
  return [head, ...parts.map((part) => section(part, all.filter(({ about }) => about.part === part)))].join('\n');
}

function section(part, rows) {
  return `## ${part}\n\n| CDK | spec | ours allows less | ours allows more |\n|---|---|---|---|\n${rows.map(row).join('')}`;
}

function row({ name, about, requests }) {
  const call = `[\`${about.call.replaceAll('|', '\\|')}\`](../conformance/cdk/situations/${name})`;
  const spec = [about.spec, ...(about.note ? [about.note] : [])].join('. ');
  return `| ${[call, spec, reasons(requests, 'less'), reasons(requests, 'more')].join(' | ')} |\n`;
}

function reasons(requests, expect) {
  return [...new Set(requests.filter((request) => request.expect === expect).map((request) => request.because))].join('; ');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const all = await situations();
  if (process.argv[2] === '--write') writeFileSync(path, page(all));
  else if (isStale(all)) throw new Error('docs/cdk.md is stale; run with --write');
}
