import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTranslator } from '../../src/decoding/translator.ts';
import type { ErrorAnswer, ModelsResponse, SentenceTranslation, TranslateResponse } from '../../src/server/api.ts';
import { toyPair } from '../dataset/toy-corpus.ts';
import { post, testServer, writeModels } from './server.ts';

const sentences = Array.from({ length: 6 }, (_, i) => toyPair(i).source);
const folder = await writeModels();
const server = await testServer(folder, { maxCharacters: 2000, maxBeam: 6, queue: 50 });
await server.ready;

async function translate(body: unknown): Promise<TranslateResponse> {
  const response = await post(`${server.url}/v1/translate`, body);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as TranslateResponse;
}

async function failure(body: unknown): Promise<{ status: number; error: string }> {
  const response = await post(`${server.url}/v1/translate`, body);
  return { status: response.status, error: ((await response.json()) as ErrorAnswer).error };
}

test('many requests at once get the same results as each alone, with attention and everything else', async () => {
  const translator = await loadTranslator(`${folder}/dot`, { backend: 'wasm' });
  const options = { nbest: 2, attention: 'mean' } as const;
  const expected = await translator.translate(sentences, options);
  await translator.close();
  const answers = await Promise.all(
    sentences.map((text) => translate({ text, split: false, nbest: 2, attention: true })),
  );
  for (const [i, { model, translations }] of answers.entries()) {
    assert.equal(model, 'dot');
    const [own] = translations as [SentenceTranslation];
    const wanted = expected[i]!;
    assert.deepEqual([own.source, own.sourcePieces, own.truncated], [wanted.source, wanted.pieces, wanted.truncated]);
    assert.deepEqual(
      own.hypotheses.map(({ text, pieces, finished }) => ({ text, pieces, finished })),
      wanted.hypotheses.map(({ text, pieces, finished }) => ({ text, pieces, finished })),
    );
    for (const [k, { attention, pieces, logProbability, score }] of own.hypotheses.entries()) {
      assert.ok(Math.abs(logProbability - wanted.hypotheses[k]!.logProbability) < 1e-4);
      assert.ok(Math.abs(score - wanted.hypotheses[k]!.score) < 1e-4);
      assert.deepEqual([attention?.length, attention?.[0]?.length], [pieces.length, own.sourcePieces.length]);
      for (const row of attention!) assert.ok(Math.abs(row.reduce((a, b) => a + b, 0) - 1) < 1e-3);
    }
  }
});

test('a text is translated sentence by sentence, and its layout stays', async () => {
  const [one, two] = sentences as [string, string];
  const { texts, translations } = await translate({ texts: [`${one}.\n\n  ${two}.\n`, two] });
  assert.deepEqual(
    translations.map(({ input, before, source, after }) => [input, before, source, after]),
    [
      [0, '', `${one}.`, ''],
      [0, '\n\n  ', `${two}.`, '\n'],
      [1, '', two, ''],
    ],
  );
  const words = translations.map(({ hypotheses }) => hypotheses[0]?.text);
  assert.deepEqual(texts, [`${words[0]}\n\n  ${words[1]}\n`, words[2]]);
});

test('lines, if requested, are the same sentences in the same order', async () => {
  const text = `${sentences.join('. ')}.`;
  const { translations } = await translate({ text });
  const response = await post(`${server.url}/v1/translate`, { text }, { accept: 'application/x-ndjson' });
  assert.equal(response.headers.get('content-type'), 'application/x-ndjson');
  const lines = (await response.text()).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    translations,
  );
});

test('a model without attention returns none, another model is loaded on request', async () => {
  const loaded = async () => {
    const { models } = (await (await fetch(`${server.url}/v1/models`)).json()) as ModelsResponse;
    return models.map(({ name, score, default: usual, loaded }) => ({ name, score, usual, loaded }));
  };
  assert.deepEqual(await loaded(), [
    { name: 'dot', score: 'dot', usual: true, loaded: true },
    { name: 'none', score: 'none', usual: false, loaded: false },
  ]);
  const { model, translations } = await translate({ text: sentences[0], model: 'none', attention: true });
  assert.equal(model, 'none');
  assert.equal(translations[0]?.hypotheses[0]?.attention, undefined);
  assert.deepEqual(
    (await loaded()).map(({ loaded }) => loaded),
    [true, true],
  );
});

test('what cannot be done is rejected, with advice', async () => {
  for (const [body, status, error] of [
    [{}, 400, /text or texts/],
    [{ text: 'a', texts: ['b'] }, 400, /text or texts/],
    [{ text: 1 }, 400, /body\/text: must be string/],
    [{ texts: [] }, 400, /body\/texts: must NOT have fewer than 1 items/],
    [{ text: 'a', beams: 3 }, 400, /'beams'/],
    [{ text: 'a', beam: 7 }, 400, /body\/beam: must be <= 6/],
    [{ text: 'a', beam: '2' }, 400, /body\/beam: must be integer/],
    [{ text: 'a', prefix: 1 }, 400, /body\/prefix: must be string/],
    [{ text: 'a', prefix: '\u4e2d' }, 409, /^prefix: .*中/],
    [{ text: 'a', model: 'gone' }, 404, /no model with this name/],
    [{ text: 'a'.repeat(2001) }, 413, /more than 2000 characters/],
    [{ texts: ['a'.repeat(1500), 'a'.repeat(1500)] }, 413, /3000 characters are more than the 2000/],
    [{ text: 'Sì. '.repeat(60) }, 413, /60 sentences are more than the 50/],
    ['{', 400, /not valid JSON/],
    ['', 400, /cannot be empty/],
    [`{"text":"${' '.repeat(90_000)}"}`, 413, /too large/],
  ] as const) {
    const found = await failure(body);
    assert.equal(found.status, status, found.error);
    assert.match(found.error, error);
  }
  const form = await fetch(`${server.url}/v1/translate`, { method: 'POST', body: new URLSearchParams({ text: 'a' }) });
  assert.equal(form.status, 415);
  const other = await fetch(`${server.url}/v1/translate`);
  assert.deepEqual([other.status, other.headers.get('allow')], [405, 'POST']);
  assert.equal((await fetch(`${server.url}/v2/translate`)).status, 404);
});

test('options that do not go together: the beam is widened, the maximum length wins, a seed without draws and a beam with them are nothing', async () => {
  const text = sentences[0] as string;
  const wide = await translate({ text, beam: 1, nbest: 4 });
  assert.equal(wide.translations[0]?.hypotheses.length, 4);
  const short = await translate({ text, minOutputLength: 5, maxOutputLength: 2 });
  assert.ok((short.translations[0]?.hypotheses[0]?.pieces.length ?? 9) <= 2);
  assert.deepEqual(await translate({ text, seed: 5, topK: 3 }), await translate({ text }));
  assert.deepEqual(await translate({ text, sample: true, beam: 3 }), await translate({ text, sample: true }));
});

test('the search follows the request: a prefix, no repetition, samples with a seed', async () => {
  const text = sentences[0] as string;
  const best = (answer: TranslateResponse) => answer.translations[0]?.hypotheses[0]?.text;
  assert.match(best(await translate({ text, prefix: 'the house' })) ?? '', /^the house/);
  const drawn = { text, sample: true, seed: 7, nbest: 3 };
  const [first, again] = [await translate(drawn), await translate(drawn)];
  assert.equal(first.translations[0]?.hypotheses.length, 3);
  assert.deepEqual(again.texts, first.texts);
});

test('any characters are accepted: half a surrogate pair, controls, none at all', async () => {
  const { texts } = await translate({ texts: ['\ud800', '\u0000\u0007', '', '👩‍👩‍👧 è'], split: false });
  assert.equal(texts.length, 4);
});

test('nothing that users send is logged', async () => {
  await translate({ text: sentences[0] });
  await failure({ text: 'a', [sentences[0] as string]: 1 });
  assert.deepEqual(server.log, []);
});
