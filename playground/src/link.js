// A link carries a spec behind its #, compressed. What stands there is not sent to the server that a page comes from.

const most = 1 << 20; // bytes of a spec that is taken from a link

export async function packed(text) {
  const bytes = await all(new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw')));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

// unpacked throws where the link has been cut or changed.
export async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true }).decode(await all(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')), most));
}

async function all(stream, limit = Infinity) {
  const parts = [];
  let length = 0;
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) throw new Error('the spec of the link is too long');
    parts.push(value);
  }
  const out = new Uint8Array(length);
  parts.reduce((at, part) => {
    out.set(part, at);
    return at + part.length;
  }, 0);
  return out;
}
