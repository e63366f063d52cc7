// No example's template has a finding of a compliance pack but those that docs/compliance.md explains, and that page explains
// nothing that is not found.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { examples, inRepo, secretctl } from '../lib/paths.mjs';
import { check, end } from '../lib/report.mjs';
import { explanations, explains } from './explanations.mjs';
import { guardFindings } from './guard.mjs';
import { nagFindings } from './nag.mjs';

const out = mkdtempSync(join(tmpdir(), 'packs-'));
try {
  compare(examples().flatMap(templatesOf));
} finally {
  rmSync(out, { recursive: true });
}
end('packs');

// templatesOf compiles an example. Of one with environments each has a directory.
function templatesOf(spec) {
  const dir = join(out, basename(spec));
  execFileSync(secretctl(), ['compile', spec, '-o', `${dir}/`], { stdio: ['ignore', 'ignore', 'pipe'] });
  return readdirSync(dir, { recursive: true }).sort()
    .filter((name) => name.endsWith('.json') && basename(name) !== 'plan.json')
    .map((name) => ({ example: basename(spec), file: join(dir, name) }));
}

function compare(templates) {
  const known = explanations(readFileSync(inRepo('docs', 'compliance.md'), 'utf8'));
  const used = new Map(known.map((explanation) => [explanation, new Set()]));
  const guard = guardFindings(templates.map((t) => t.file));
  templates.forEach(({ example, file }, i) => {
    const { Resources: resources } = JSON.parse(readFileSync(file, 'utf8'));
    for (const { rule, logicalId, says } of [...nagFindings(file), ...guard[i]]) {
      const found = { rule, logicalId, type: resources[logicalId].Type };
      let explained = false;
      for (const explanation of known) {
        for (const pattern of explains(explanation, found)) {
          explained = true;
          used.get(explanation).add(pattern);
        }
      }
      check(explained, `${example}: ${rule} on ${logicalId} (${found.type}) is not explained: ${says}`);
    }
  });
  for (const [{ line, rules, on }, patterns] of used) {
    const idle = [...rules, ...on].filter((pattern) => !patterns.has(pattern));
    check(idle.length === 0, `docs/compliance.md:${line}: explains ${idle.join(', ')}, which is not found`);
  }
}
