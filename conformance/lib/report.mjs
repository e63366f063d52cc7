// What every part says and how it ends: each failure is one paragraph on standard error, the last line has the counts.

const failures = [];
let checked = 0;

// check counts one thing that was compared; explanation, a text or a function that makes one, says what is wrong if ok is false.
export function check(ok, explanation) {
  checked++;
  if (!ok) failures.push(typeof explanation === 'function' ? explanation() : explanation);
}

// passed counts things that were compared elsewhere and agree.
export function passed(count) {
  checked += count;
}

// end prints the failures and the counts of a part, and makes the process fail if there were any.
export function end(part) {
  for (const failure of failures) console.error(`${part}: ${failure}`);
  console.log(`${part}: ${checked - failures.length} passed, ${failures.length} failed`);
  if (failures.length > 0 || checked === 0) process.exitCode = 1; // nothing compared is not success
}
