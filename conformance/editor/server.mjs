// The YAML language server as an editor runs it: a process that is spoken to over stdio. It is given the schema that
// `secretctl schema` prints, and nothing else but what docs/editors.md tells a user to set.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node.js';

const program = createRequire(import.meta.url).resolve('yaml-language-server/out/server/src/server.js');

// start answers a server with one method for each thing an editor asks. settings is the section `yaml` of the editor's settings.
export async function start(schemaPath, settings) {
  const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const yaml = {
    ...settings,
    schemas: { [pathToFileURL(schemaPath).href]: '*.yaml' },
    schemaStore: { enable: false }, // nothing is fetched
    validate: true,
    hover: true,
    completion: true,
  };
  const waiting = new Map(); // by URI: who waits for diagnostics
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => waiting.get(uri)?.(diagnostics));
  connection.onRequest('workspace/configuration', ({ items }) => items.map(({ section }) => (section === 'yaml' ? yaml : {})));
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      workspace: { configuration: true },
      textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } }, hover: { contentFormat: ['markdown'] } },
    },
  });
  await connection.sendNotification('initialized', {});
  await connection.sendNotification('workspace/didChangeConfiguration', { settings: { yaml } });

  let opened = 0;
  const nextUri = () => `file:///workspace/spec-${++opened}.yaml`;
  async function open(text, uri = nextUri()) {
    await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    return uri;
  }
  const at = (text, offset) => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length - 1, character: before.at(-1).length };
  };

  const server = {
    // diagnostics answers what the server finds in a text: [{ line (from 1), message }].
    async diagnostics(text) {
      const uri = nextUri();
      const published = new Promise((resolve) => waiting.set(uri, resolve));
      await open(text, uri);
      const found = await published;
      waiting.delete(uri);
      return found.map((d) => ({ line: d.range.start.line + 1, message: d.message }));
    },
    // completions answers the labels that are offered at an offset of a text.
    async completions(text, offset) {
      const textDocument = { uri: await open(text) };
      const answer = await connection.sendRequest('textDocument/completion', { textDocument, position: at(text, offset) });
      return (answer?.items ?? answer ?? []).map((item) => item.label);
    },
    // hover answers the markdown that is shown at an offset of a text.
    async hover(text, offset) {
      const textDocument = { uri: await open(text) };
      const answer = await connection.sendRequest('textDocument/hover', { textDocument, position: at(text, offset) });
      return answer?.contents?.value ?? '';
    },
    async stop() {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      connection.dispose();
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
    },
  };
  // The server knows the schema only some time after it was told the settings, and says nothing when it does.
  for (let tries = 0; (await server.diagnostics('nothing-of-the-language: 1\n')).length === 0; tries++) {
    if (tries === 100) throw new Error('the language server does not use the schema');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return server;
}
