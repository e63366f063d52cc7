// The rules of AWS Control Tower, evaluated by cfn-guard. The package is made for synthesis by the CDK; what is used of it is its
// binary and its rules, because its own reading of cfn-guard's output fails on some of them.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const home = dirname(createRequire(import.meta.url).resolve('@cdklabs/cdk-validator-cfnguard/package.json'));
const platform = { linux: 'ubuntu', darwin: 'macos' }[process.platform];
const architecture = { x64: 'x86_64', arm64: 'aarch64' }[process.arch];

// guardFindings answers what the rules find in the templates of files: for each file [{ rule, logicalId, says }].
export function guardFindings(templateFiles) {
  if (!platform || !architecture) throw new Error(`there is no cfn-guard for ${process.platform} on ${process.arch}`);
  const { stdout, stderr, error } = spawnSync(join(home, 'bin', platform, architecture, 'cfn-guard'), [
    'validate', '--structured', '--output-format', 'json', '--show-summary', 'none',
    '--rules', join(home, 'rules', 'control-tower', 'cfn-guard'),
    ...templateFiles.flatMap((file) => ['--data', file]),
  ], { maxBuffer: 1 << 28 });
  if (error || stdout.length === 0) throw new Error(`cfn-guard says nothing: ${error ?? stderr}`);
  const reports = new Map(JSON.parse(stdout).map((report) => [report.name, report]));
  return templateFiles.map((file) => {
    const report = reports.get(file);
    if (!report) throw new Error(`cfn-guard has no report on ${file}`);
    return report.not_compliant.flatMap(violations);
  });
}

// violations reads one rule's report. Its shape depends on how the rule is written; what it says and where always stands somewhere in it.
function violations(report) {
  const text = JSON.stringify(report);
  const [, rule, says] = text.match(/\[(CT\.[A-Z0-9-]+\.PR\.[0-9]+)\]: (.*?)\\n/) ?? [null, Object.values(report)[0].name, ''];
  const logicalIds = new Set([...text.matchAll(/"\/Resources\/([A-Za-z0-9]+)/g)].map((match) => match[1]));
  return [...logicalIds].map((logicalId) => ({ rule, logicalId, says }));
}
