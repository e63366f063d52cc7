// A thread that simulates every evaluation of a file whose turn it is: a file is shared by taking turns, not by sending policies around.

import { parentPort, workerData } from 'node:worker_threads';
import { evaluations } from './evaluations.mjs';
import { simulate } from './simulate.mjs';

const { files, turn, turns } = workerData;
let count = 0;
let compared = 0;
for (const file of files) {
  for await (const item of evaluations(file)) {
    if (count++ % turns !== turn) continue;
    compared++;
    const theirs = await simulate(item);
    if (theirs.allowed !== item.evaluation.allowed) {
      const { identity, boundary, resourcePolicy, ...evaluation } = item.evaluation; // the policies stay in the file
      parentPort.postMessage({ difference: { file, line: item.line, evaluation, theirs } });
    }
  }
}
parentPort.postMessage({ compared });
