// The compiler as the page sees it: ask gives a promise of an answer. One question is asked at a time, and of those that wait the newest alone.

const longest = 20_000; // milliseconds; then the worker is started again

const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer;

export function newCompiler(workerSource, packed) {
  let worker;
  let ready;
  let number = 0;
  let busy = false;
  let waiting;
  start();
  return { ask: (request) => new Promise((done, failed) => {
    waiting?.failed(new Error('asked again'));
    waiting = { request, done, failed };
    if (!busy) next();
  }) };

  function start() {
    const address = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
    worker = new Worker(address);
    ready = new Promise((done, failed) => {
      worker.onmessage = done;
      worker.onerror = (event) => failed(new Error(event.message || 'the compiler does not start in this browser'));
    });
    const bytes = bytesOf(packed);
    worker.postMessage(bytes, [bytes]);
  }

  async function next() {
    const { request, done, failed } = waiting;
    waiting = undefined;
    busy = true;
    try {
      await ready;
      done(await answerOf(request));
    } catch (error) {
      failed(error);
    }
    busy = false;
    if (waiting) next();
  }

  function answerOf(request) {
    return new Promise((done, failed) => {
      const own = ++number;
      const again = (message) => {
        worker.terminate();
        start();
        failed(new Error(message));
      };
      const timer = setTimeout(() => again(`the compiler did not answer within ${longest / 1000} seconds, and was started again`), longest);
      worker.onmessage = ({ data }) => {
        if (data.number !== own) return;
        clearTimeout(timer);
        done(data.answer);
      };
      worker.onerror = () => {
        clearTimeout(timer);
        again('the compiler stopped, and was started again');
      };
      worker.postMessage({ number: own, request });
    });
  }
}
