import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { catalogueOf } from '../../src/server/catalogue.ts';
import { serverOptions } from '../../src/server/options.ts';
import { serve } from '../../src/server/serve.ts';
import { toyPair } from '../dataset/toy-corpus.ts';
import { post, testServer, writeModels } from './server.ts';

const folder = await writeModels();
const sentence = toyPair(2).source;
const long = Array.from({ length: 60 }, (_, i) => `La ${toyPair(i).source}.`).join(' ');

/** A figure of /metrics. */
async function figure(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** Waits until something holds, however slow the machine is. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await holds()) return;
    await wait(20);
  }
  assert.fail('it never did');
}

test('an address that others reach needs keys, or to be told that everybody may', async () => {
  const models = catalogueOf([folder], join(folder, 'dot'));
  for (const host of ['0.0.0.0', '::', '192.168.1.1', 'example.org']) {
    const options = z.object(serverOptions).parse({ port: 0, host });
    await assert.rejects(
      serve(options, models, () => {}),
      /--host: .* can be reached by others/,
    );
  }
});

test('a page that has its own name resolved to this computer is refused; with keys or --public any name is right', async () => {
  const { url } = await testServer(folder);
  const status = (url: string, host: string, path = '/healthz') =>
    new Promise<number>((resolve, reject) => {
      const asked = request(url + path, { headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.on('error', reject).end();
    });
  const { port } = new URL(url);
  for (const host of [
    '127.0.0.1',
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `LOCALHOST:${port}`,
    '[::1]:80',
    'a.localhost',
  ])
    assert.equal(await status(url, host), 200, host);
  for (const host of [
    'example.org',
    `example.org:${port}`,
    '127.0.0.1.example.org',
    'localhost.example.org',
    '192.168.1.1',
  ]) {
    for (const path of ['/healthz', '/v1/models', '/', '/docs/json'])
      assert.equal(await status(url, host, path), 403, host + path);
  }
  const open = await testServer(folder, { public: true });
  assert.equal(await status(open.url, 'example.org'), 200);
});

test('with keys, whoever has one is served, others are not; what says nothing of models is open', async () => {
  const keys = join(folder, 'keys.txt');
  const key = '0123456789abcdef0123456789abcdef';
  writeFileSync(keys, `anna ${key}\nbruno ${key.replaceAll('0', 'f')}\n`);
  const { url, ready } = await testServer(folder, { keys, host: '127.0.0.1' });
  await ready;
  const body = { text: sentence };
  const statuses = async (headers: Record<string, string>) => [
    (await post(`${url}/v1/translate`, body, headers)).status,
    (await fetch(`${url}/v1/models`, { headers })).status,
    (await fetch(`${url}/metrics`, { headers })).status,
    (await fetch(`${url}/languages`, { headers })).status,
  ];
  assert.deepEqual(await statuses({}), [401, 401, 401, 401]);
  assert.deepEqual(await statuses({ authorization: `Bearer ${key}x` }), [401, 401, 401, 401]);
  assert.deepEqual(await statuses({ authorization: `Bearer ${key}` }), [200, 200, 200, 200]);
  const asked = { q: sentence, source: 'it', target: 'en' };
  assert.equal((await post(`${url}/translate`, asked)).status, 401);
  assert.equal((await post(`${url}/translate`, { ...asked, api_key: key })).status, 200);
  assert.equal((await fetch(`${url}/languages?api_key=${key}`)).status, 200);
  assert.equal((await fetch(`${url}/nothing`)).status, 404);
  assert.equal((await fetch(`${url}/translate`)).status, 405);
  for (const path of ['/healthz', '/readyz', '/frontend/settings', '/docs/json', '/docs']) {
    assert.equal((await fetch(url + path)).status, 200, path);
  }
});

test('a key has its own rate', async () => {
  const keys = join(folder, 'rates.txt');
  writeFileSync(keys, 'anna aaaaaaaaaaaaaaaaaaaa\nbruno bbbbbbbbbbbbbbbbbbbb\n');
  const { url, ready } = await testServer(folder, { keys, rateLimit: 2 });
  await ready;
  const ask = (letter: string) => post(`${url}/detect`, { q: 'la casa', api_key: letter.repeat(20) });
  assert.deepEqual([(await ask('a')).status, (await ask('a')).status], [200, 200]);
  const refused = await ask('a');
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.match(((await refused.json()) as { error: string }).error, /too many requests: try again in/);
  assert.equal((await ask('b')).status, 200);
  for (let i = 0; i < 5; i++) assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('pages of other origins are served where they are named', async () => {
  const origin = 'https://example.org';
  const allowed = async (cors: string[]) => {
    const { url } = await testServer(folder, { cors });
    const ask = { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } };
    return (await fetch(`${url}/v1/translate`, ask)).headers.get('access-control-allow-origin');
  };
  assert.equal(await allowed([]), null);
  assert.equal(await allowed([origin]), origin);
  assert.notEqual(await allowed(['https://example.com']), origin);
});

test('a request that takes too long is given up, and what it waits for is dropped', async () => {
  const { url, ready } = await testServer(folder, { timeout: 0.001, batch: 1 });
  await ready;
  const response = await post(`${url}/v1/translate`, { text: long });
  assert.equal(response.status, 503);
  assert.equal(response.headers.get('retry-after'), '1');
  assert.match(((await response.json()) as { error: string }).error, /not done after 0.001 seconds/);
  await until(async () => (await figure(url, 'attn_queue_sentences')) === 0);
});

test('a full queue refuses, and takes again', async () => {
  const { url, ready } = await testServer(folder, { queue: 60, batch: 1 });
  await ready;
  const first = post(`${url}/v1/translate`, { text: long });
  await until(async () => (await figure(url, 'attn_queue_sentences')) > 20);
  const refused = await post(`${url}/v1/translate`, { text: long });
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1']);
  assert.equal((await first).status, 200);
  assert.equal((await post(`${url}/v1/translate`, { text: sentence })).status, 200);
});

test('of a client that leaves in the middle of a stream, what has not begun is dropped', async () => {
  const { url, ready } = await testServer(folder, { batch: 1, queue: 100 });
  await ready;
  const { port } = new URL(url);
  const body = JSON.stringify({ text: long });
  const client = connect(Number(port), '127.0.0.1');
  client.write(
    `POST /v1/translate HTTP/1.1\r\nhost: x\r\naccept: application/x-ndjson\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  await new Promise((resolve) => client.once('data', resolve));
  const done = await figure(url, 'attn_sentences_total');
  client.resetAndDestroy();
  await until(async () => (await figure(url, 'attn_queue_sentences')) === 0);
  const after = await figure(url, 'attn_sentences_total');
  assert.ok(after < 60, `${done} sentences were translated when it left, ${after} in all`);
});

test('models that do not fit in memory together take turns there', async () => {
  const { url, ready } = await testServer(folder, { maxLoaded: 1 });
  await ready;
  const loaded = async () => {
    const { models } = (await (await fetch(`${url}/v1/models`)).json()) as {
      models: { name: string; loaded: boolean }[];
    };
    return models.filter((model) => model.loaded).map(({ name }) => name);
  };
  assert.deepEqual(await loaded(), ['dot']);
  for (const model of ['none', 'dot', 'none']) {
    assert.equal((await post(`${url}/v1/translate`, { text: sentence, model })).status, 200);
    assert.deepEqual(await loaded(), [model]);
  }
});

test('a model that has been damaged meanwhile is said to be so, without its path', async () => {
  const own = await writeModels();
  const { url, ready, log } = await testServer(own);
  await ready;
  writeFileSync(join(own, 'none', 'model.safetensors'), 'damaged');
  const response = await post(`${url}/v1/translate`, { text: sentence, model: 'none' });
  const { error } = (await response.json()) as { error: string };
  assert.deepEqual([response.status, error], [503, 'the model cannot be loaded: the log of the server says why']);
  assert.match(log.join('\n'), /none.model\.safetensors/);
  assert.equal((await post(`${url}/v1/translate`, { text: sentence })).status, 200);
});

test('nothing is served from beside the page', async () => {
  const { url } = await testServer(folder);
  for (const path of [
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/..%5cpackage.json',
    '/gone.txt',
  ]) {
    assert.notEqual((await fetch(url + path)).status, 200, path);
  }
  assert.equal((await fetch(`${url}/v1/models`)).status, 200);
});

test('requests are logged where that is asked for, and not what they say', async () => {
  const { url, ready, log } = await testServer(folder, { logRequests: true });
  await ready;
  await post(`${url}/v1/translate?${sentence.replaceAll(' ', '+')}`, { text: sentence });
  await until(async () => log.length > 0);
  assert.match(log.at(-1) as string, /^\S+Z POST \/v1\/translate 200 \d+ ms$/);
  assert.ok(!log.join('\n').includes(sentence.split(' ')[1] as string));
});

test('a server that is told to stop answers what is under way, and is not ready meanwhile', async () => {
  const server = await testServer(folder, { batch: 1 });
  await server.ready;
  const { url } = server;
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  const answer = post(`${url}/v1/translate`, { text: long });
  await until(async () => (await figure(url, 'attn_queue_sentences')) > 0);
  const closed = server.close();
  assert.equal((await answer).status, 200);
  await closed;
  await assert.rejects(fetch(`${url}/healthz`));
});
