// conformance/differences.json: the differences from the simulator that are accepted, because AWS's documentation says that the
// simulator is wrong. Each has a matcher, all of whose fields must fit, a reason and the page that proves it.

import { readFileSync } from 'node:fs';

const matchers = ['id', 'action', 'resource', 'kind', 'contextKey', 'allowed', 'refused'];

export function acceptedDifferences(path) {
  const { differences } = JSON.parse(readFileSync(path, 'utf8'));
  for (const d of differences) {
    const unknown = Object.keys(d.match).find((field) => !matchers.includes(field));
    if (unknown) throw new Error(`differences.json: no difference is matched by ${unknown}`);
    if (Object.keys(d.match).length === 0) throw new Error('differences.json: an entry matches everything');
    if (!d.because || !d.source?.startsWith('https://docs.aws.amazon.com/')) throw new Error(`differences.json: ${JSON.stringify(d.match)} has no reason or no page of AWS's that proves it`);
  }
  return differences;
}

// accepts says whether an entry is about a difference. Texts have * for anything.
export function accepts({ match }, { evaluation: e, theirs }) {
  return (match.id === undefined || glob(match.id, e.id))
    && (match.action === undefined || glob(match.action, e.action))
    && (match.resource === undefined || glob(match.resource, e.resource))
    && (match.kind === undefined || match.kind === e.caller.kind)
    && (match.contextKey === undefined || Object.keys(e.context).some((key) => key.toLowerCase() === match.contextKey.toLowerCase()))
    && (match.allowed === undefined || match.allowed === e.allowed)
    && (match.refused === undefined || glob(match.refused, theirs.refused ?? ''));
}

function glob(pattern, text) {
  return new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 's').test(text);
}
