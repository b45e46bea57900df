import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toyPair } from '../dataset/toy-corpus.ts';
import { post, testServer, writeModels } from './server.ts';

const sentence = toyPair(2).source;
const server = await testServer(await writeModels(), { maxCharacters: 1000 });
await server.ready;

async function ask(path: string, body: unknown): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await post(server.url + path, body);
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

test('one text or several, as JSON or as a form', async () => {
  const { answer } = await ask('/translate', { q: sentence, source: 'it', target: 'en' });
  const { translatedText } = answer;
  assert.equal(typeof translatedText, 'string');
  const several = await ask('/translate', { q: [sentence, ''], source: 'it', target: 'en', format: 'text' });
  assert.deepEqual(several.answer, { translatedText: [translatedText, ''] });
  const form = new URLSearchParams({ q: sentence, source: 'it', target: 'en', alternatives: '0', secret: 'x' });
  const formed = await fetch(`${server.url}/translate`, { method: 'POST', body: form });
  assert.deepEqual(await formed.json(), { translatedText });
});

test('alternatives differ from the best, and HTML tags stay', async () => {
  const { answer } = await ask('/translate', { q: sentence, source: 'it', target: 'en', alternatives: 3 });
  const alternatives = answer.alternatives as string[];
  assert.ok(alternatives.length > 0 && alternatives.length <= 3);
  assert.equal(new Set([answer.translatedText, ...alternatives]).size, 1 + alternatives.length);
  const html = await ask('/translate', { q: `<b>${sentence}</b><br>`, source: 'it', target: 'en', format: 'html' });
  assert.equal(html.answer.translatedText, `<b>${answer.translatedText}</b><br>`);
});

test('the language is detected on request', async () => {
  assert.deepEqual((await ask('/detect', { q: 'la casa è rossa' })).answer, [{ language: 'it', confidence: 100 }]);
  assert.deepEqual((await ask('/detect', { q: '123' })).answer, []);
  const { answer } = await ask('/translate', { q: ['la casa è rossa', '123'], source: 'auto', target: 'en' });
  assert.deepEqual(answer.detectedLanguage, [
    { language: 'it', confidence: 100 },
    { language: 'it', confidence: 0 },
  ]);
});

test('languages and settings are those of the models', async () => {
  assert.deepEqual(await (await fetch(`${server.url}/languages`)).json(), [
    { code: 'it', name: 'Italian', targets: ['en'] },
    { code: 'en', name: 'English', targets: [] },
  ]);
  const settings = (await (await fetch(`${server.url}/frontend/settings`)).json()) as Record<string, unknown>;
  assert.deepEqual([settings.charLimit, settings.keyRequired], [1000, false]);
});

test('what cannot be translated is rejected', async () => {
  for (const [body, status, error] of [
    [{ q: 'a', source: 'it' }, 400, /required property 'target'/],
    [{ q: 'a', source: 'it', target: 'xx' }, 400, /body\/target: .*: en/],
    [{ q: 'a', source: 'en', target: 'it' }, 400, /body\/source: .*: auto, it/],
    [{ q: 'a', source: 'it', target: 'en', format: 'pdf' }, 400, /text, html/],
    [{ q: 'a'.repeat(1001), source: 'it', target: 'en' }, 413, /more than the 1000/],
  ] as const) {
    const { status: found, answer } = await ask('/translate', body);
    assert.equal(found, status, String(answer.error));
    assert.match(String(answer.error), error);
  }
});

test('a text without words is answered as it is', async () => {
  for (const q of ['', '<br>', '&nbsp;', '<!-- -->']) {
    const { status, answer } = await ask('/translate', { q, source: 'it', target: 'en', format: 'html' });
    assert.deepEqual([status, answer.translatedText], [200, q]);
  }
});
