// The situations: folders of situations/, each with the CDK's way (cdk.js), ours (spec.yaml) and the requests that are compared.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('situations/', import.meta.url);

// What the CDK's and our answer to a request may be: both allow it, neither does, ours is less (the CDK's allows it, ours does
// not) or more. The last two need a reason.
export const expectations = ['both', 'neither', 'less', 'more'];
const fields = ['principal', 'identity', 'groups', 'action', 'secret', 'suffix', 'region', 'key', 'context', 'expect', 'because'];

// situations answers all of them in order: { name, about, build, spec, requests }.
export async function situations() {
  const names = readdirSync(folder).sort();
  return Promise.all(names.map(async (name) => {
    const here = new URL(`${name}/`, folder);
    const { about, default: build } = await import(new URL('cdk.js', here));
    const requests = JSON.parse(readFileSync(new URL('requests.json', here), 'utf8'));
    return { name, about, build, spec: fileURLToPath(new URL('spec.yaml', here)), requests };
  }));
}

// faults says what is wrong with the requests of a situation, in text.
export function faults({ requests }) {
  if (requests.length === 0) return ['no request is compared'];
  return requests.flatMap((request) => {
    const text = JSON.stringify(request);
    const unknown = Object.keys(request).filter((field) => !fields.includes(field)).map((field) => `unknown field ${field} in ${text}`);
    if (!request.principal || !request.action || !expectations.includes(request.expect)) unknown.push(`no principal, action or expect in ${text}`);
    const needsReason = request.expect === 'less' || request.expect === 'more';
    if (needsReason !== ('because' in request)) unknown.push(`a reason stands where ours allows less or more, and nowhere else: ${text}`);
    return unknown;
  });
}
