// The worker: it unpacks the compiler once, and answers one question after the other. `self.Go` comes from Go's own wasm_exec.js, which stands before this in the worker.

import { decompress } from 'brotli/decompress.js';

self.onmessage = async function first({ data: packed }) {
  const go = new self.Go();
  const { instance } = await WebAssembly.instantiate(decompress(new Uint8Array(packed)), go.importObject);
  go.run(instance); // it defines secretctlAnswer, and goes on
  self.onmessage = ({ data: { number, request } }) => self.postMessage({ number, answer: JSON.parse(self.secretctlAnswer(JSON.stringify(request))) });
  self.postMessage({ ready: true });
};
