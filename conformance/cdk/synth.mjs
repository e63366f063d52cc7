// Writes each situation's template as the CDK makes it: `node synth.mjs FOLDER` writes FOLDER/<situation>.json. Nothing is looked up
// and nothing is fetched. The feature flags are the library's defaults but for one that `cdk init` sets: without it an attached
// secret gets two resource policies, of which the last one deployed wins.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cdk } from './aws.mjs';
import { situations } from './situations.mjs';

process.env.CDK_VALIDATION = 'false'; // the validator that comes with it takes seconds and is not what is compared
const context = { '@aws-cdk/aws-secretsmanager:useAttachedSecretResourcePolicyForSecretTargetAttachments': true };

// synthesize answers the template of a situation.
export function synthesize({ name, build }) {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-'));
  try {
    const app = new cdk.App({ outdir, analyticsReporting: false, context });
    const stack = new cdk.Stack(app, name, { env: { account: '111111111111', region: 'eu-west-1' } });
    build(stack);
    const { template } = app.synth().getStackByName(name);
    delete template.Parameters?.BootstrapVersion; // the CDK's own deployment, which is not what is compared
    delete template.Rules;
    return template;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new Error('usage: node synth.mjs FOLDER');
  mkdirSync(folder, { recursive: true });
  for (const situation of await situations()) {
    writeFileSync(join(folder, `${situation.name}.json`), `${JSON.stringify(synthesize(situation), null, 2)}\n`);
  }
}
