// GoReleaser finds nothing wrong with .goreleaser.yaml, and what it makes is what a release must be; actionlint finds nothing
// wrong with the workflows. The tests are in Go, which reads archives and binaries.

import { spawnSync } from 'node:child_process';
import { inRepo } from '../lib/paths.mjs';

const { status } = spawnSync('go', ['test', '-tags', 'release', '-count=1', '-timeout=60m', '-v', './conformance/release'],
  { cwd: inRepo('.'), stdio: ['ignore', 'inherit', 'inherit'] });
process.exit(status ?? 1);
