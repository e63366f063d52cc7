// Where things are in the repository, and the program that is under test.

import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const inRepo = (...parts) => join(root, ...parts);
export const fromRepo = (path) => relative(root, path);

// secretctl is the binary that `make conformance` built and named in the environment.
export function secretctl() {
  const path = process.env.SECRETCTL;
  if (!path || !existsSync(path)) throw new Error('SECRETCTL does not name the program; run `make conformance`');
  return path;
}

// examples lists the specs of examples/: files and folders, in order.
export const examples = () => readdirSync(inRepo('examples')).sort().map((name) => inRepo('examples', name));
