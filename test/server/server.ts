import { join } from 'node:path';
import { after } from 'node:test';
import { z } from 'zod';
import { catalogueOf } from '../../src/server/catalogue.ts';
import { type ServerOptions, serverOptions } from '../../src/server/options.ts';
import { type Server, serve } from '../../src/server/serve.ts';
import { scratchFolder, writeToyRun } from '../decoding/toy-run.ts';

const languages = { source: 'it', target: 'en' };

/** Writes the models with which tests of the server translate. @returns their folder */
export async function writeModels(): Promise<string> {
  const folder = scratchFolder();
  // models that end their sentences soon: their translations are nonsense, but short
  await writeToyRun(join(folder, 'dot'), { languages, likes: { 3: 1 } });
  await writeToyRun(join(folder, 'none'), { languages, likes: { 3: 1 }, options: { score: 'none' } });
  return folder;
}

/** What a test's server told its operator. */
export interface TestServer extends Server {
  readonly log: readonly string[];
}

/** A server on its own port, with WebAssembly, which starts fast; closed after the tests of the file. */
export async function testServer(folder: string, options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const log: string[] = [];
  const all = { ...z.object(serverOptions).parse({ port: 0 }), ...options };
  const models = catalogueOf([folder], join(folder, 'dot'));
  const server = await serve(all, models, (text) => log.push(text), 'wasm');
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= server.close();
    return closed;
  };
  after(close);
  return { ...server, close, log };
}

/** Sends JSON. */
export function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}
