// Evaluations as conformance/README.md defines them: lines of JSON, read one by one, because a file can be large.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

// evaluations yields { file, line, policies, evaluation } for each evaluation of a file. A policy that the file has by reference
// stays a reference; policies maps references to documents.
export async function* evaluations(file) {
  const policies = new Map();
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    line++;
    if (text.trim() === '') continue;
    const value = parse(text, `${file}:${line}`);
    if ('policy' in value) {
      if (policies.has(value.policy)) throw new Error(`${file}:${line}: policy ${value.policy} stands there twice`);
      policies.set(value.policy, value.document);
      continue;
    }
    checkShape(value, policies, `${file}:${line}`);
    yield { file, line, policies, evaluation: value };
  }
}

// document answers the policy that a field of an evaluation has or refers to.
export function document(value, policies) {
  return value !== null && typeof value === 'object' && 'ref' in value ? policies.get(value.ref) : value;
}

function parse(text, place) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${place}: ${error.message}`);
  }
}

const fields = ['id', 'caller', 'action', 'resource', 'owner', 'context', 'identity', 'boundary', 'resourcePolicy', 'isKey', 'allowed'];

// checkShape refuses what would be compared wrongly without a word, such as a field that is spelled otherwise.
function checkShape(e, policies, place) {
  const wrong = fields.find((field) => !(field in e)) ?? Object.keys(e).find((field) => !fields.includes(field));
  if (wrong) throw new Error(`${place}: ${wrong in e ? 'unknown' : 'missing'} field ${wrong}`);
  if (typeof e.allowed !== 'boolean') throw new Error(`${place}: allowed is neither true nor false`);
  if (!['role', 'user', 'service'].includes(e.caller.kind)) throw new Error(`${place}: unknown kind of caller ${e.caller.kind}`);
  if (e.isKey !== /:kms:[^:]*:[^:]*:key\//.test(e.resource)) throw new Error(`${place}: isKey is ${e.isKey}`);
  for (const policy of [e.boundary, e.resourcePolicy, ...e.identity.map((i) => i.policy)]) {
    if (policy?.ref !== undefined && !policies.has(policy.ref)) throw new Error(`${place}: no policy ${policy.ref} stands above`);
  }
}
