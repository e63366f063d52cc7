// The deploy script of example 11 runs to its end, with the AWS CLI against an AWS in memory. The test is one of Go's, because the
// script is secretctl's own; it says what is missing where it cannot run.

import { spawnSync } from 'node:child_process';
import { inRepo } from '../lib/paths.mjs';

const test = ['test', './internal/cli', '-run', '^TestScriptOfThreeAccountsRunsToItsEnd$', '-count=1', '-v'];
const { status, error } = spawnSync(process.env.GO ?? 'go', test, {
  cwd: inRepo(), stdio: 'inherit', env: { ...process.env, AWS_IN_MEMORY: inRepo('conformance', 'script', 'aws_in_memory.py') },
});
if (error) console.error(`script: ${error.message}`);
process.exitCode = status ?? 1;
