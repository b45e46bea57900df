import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { toyPair } from '../dataset/toy-corpus.ts';
import { scratchFolder, writeToyRun } from '../decoding/toy-run.ts';
import { attn } from '../helpers/command.ts';

const run = await writeToyRun(join(scratchFolder(), 'dot'), { languages: { source: 'it', target: 'en' } });
const program = fileURLToPath(new URL('../helpers/attn.ts', import.meta.url));
const long = Array.from({ length: 200 }, (_, i) => `La ${toyPair(i).source}.`).join(' ');
const children: ChildProcess[] = [];
after(() => children.forEach((child) => void child.kill('SIGKILL')));

/** A server as a process of its own. */
async function startServer(...flags: readonly string[]) {
  const words = ['--import', import.meta.resolve('tsx'), program, 'serve', run, '--port', '0', ...flags];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  while (!(await fetch(`${url}/readyz`)).ok) await wait(50);
  return { url, child, said: () => err };
}

async function waiting(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^attn_queue_sentences (\d+)$/m.exec(text)?.[1]);
}

test('a client killed in the middle of a stream frees its place; SIGTERM ends the server with exit code 0', async () => {
  const { url, child, said } = await startServer('--batch', '1');
  const body = JSON.stringify({ text: long, beam: 10 });
  const ask = `fetch('${url}/v1/translate', { method: 'POST', body: ${JSON.stringify(body)}, headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' } }).then(async (r) => { for await (const part of r.body) process.stdout.write(part); })`;
  const client = spawn(process.execPath, ['-e', ask], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(client);
  await once(client.stdout, 'data');
  assert.ok((await waiting(url)) > 0, 'it is in the middle');
  client.kill('SIGKILL');
  for (let tries = 0; (await waiting(url)) > 0; tries++) {
    assert.ok(tries < 500, 'its sentences are still waiting');
    await wait(20);
  }
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
  assert.match(said(), /^dot; http:\/\/127\.0\.0\.1:\d+\/docs describes the API/m);
});

test('a port that is taken is a failure, an address that others reach without keys a wrong call', async () => {
  const { url } = await startServer();
  const { port } = new URL(url);
  const taken = await attn('serve', run, '--port', port);
  assert.equal(taken.code, 1);
  assert.match(taken.err, new RegExp(`127\\.0\\.0\\.1:${port}: .*EADDRINUSE`));
  const open = await attn('serve', run, '--host', '0.0.0.0');
  assert.equal(open.code, 2);
  assert.match(open.err, /--host: .*keys|--keys/s);
});
