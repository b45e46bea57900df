import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Search, TranslatedSentence } from '../../src/server/engine.ts';
import { defaultSearch } from '../../src/server/engine.ts';
import { TranslationQueue } from '../../src/server/queue.ts';

const usual = defaultSearch(10);

/** A queue over an engine whose batches end when the test decides. */
function queueOf({ batch = 4, queue = 100, window = 0 } = {}) {
  const batches: { readonly path: string; readonly sentences: readonly string[]; end(error?: Error): void }[] = [];
  const engine = {
    translate: (path: string, sentences: readonly string[]) =>
      new Promise<TranslatedSentence[]>((resolve, reject) => {
        const answers = sentences.map((text) => ({ sourcePieces: [text], truncated: false, hypotheses: [] }));
        batches.push({ path, sentences, end: (error) => (error ? reject(error) : resolve(answers)) });
      }),
  };
  return { batches, queue: new TranslationQueue(engine, { batch, queue, window }, () => {}) };
}

const work = (
  sentences: readonly string[],
  { path = 'a', search = usual, signal = new AbortController().signal } = {},
) => ({
  ...{ path, sentences, search: search as Search, signal },
});

test('sentences of several requests go together, requests take turns, and results go back to their requests', async () => {
  const { batches, queue } = queueOf();
  const first = queue.translate(work(['1']));
  await nextTurn();
  const long = queue.translate(work(['a', 'b', 'c', 'd', 'e']));
  const short = queue.translate(work(['x']));
  assert.deepEqual(
    batches.map(({ sentences }) => sentences),
    [['1']],
    'the others wait for the batch under way',
  );
  assert.equal(queue.waiting, 6);
  batches[0]!.end();
  await nextTurn();
  assert.deepEqual(batches[1]!.sentences, ['a', 'x', 'b', 'c'], 'the short one does not wait for all of the long one');
  batches[1]!.end();
  await nextTurn();
  assert.deepEqual(batches[2]!.sentences, ['d', 'e']);
  batches[2]!.end();
  const pieces = async (all: readonly Promise<TranslatedSentence>[]) =>
    (await Promise.all(all)).map(({ sourcePieces }) => sourcePieces[0]);
  assert.deepEqual(await pieces(first), ['1']);
  assert.deepEqual(await pieces(long), ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(await pieces(short), ['x']);
  assert.equal(queue.waiting, 0);
});

test('a request made as soon as the last one is answered does not wait for a third', async () => {
  const { batches, queue } = queueOf();
  const [first] = queue.translate(work(['1']));
  await nextTurn();
  batches[0]!.end();
  await first;
  queue.translate(work(['2']));
  await nextTurn();
  assert.deepEqual(batches[1]?.sentences, ['2']);
});

test('requests that differ in model or search do not go together, but the order of options does not matter', async () => {
  const { batches, queue } = queueOf();
  queue.translate(work(['hold']));
  await nextTurn();
  queue.translate(work(['a']));
  queue.translate(work(['b'], { path: 'other' }));
  queue.translate(work(['c'], { search: { ...usual, beam: 2 } }));
  const turned = Object.fromEntries(Object.entries(usual).reverse()) as typeof usual;
  queue.translate(work(['d'], { search: turned }));
  const seen: (readonly string[])[] = [];
  for (let i = 0; i < 4; i++) {
    seen.push(batches[i]!.sentences);
    batches[i]!.end();
    await nextTurn();
  }
  assert.deepEqual(seen, [['hold'], ['a', 'd'], ['b'], ['c']]);
});

test('of a cancelled request, what has not started is dropped', async () => {
  const { batches, queue } = queueOf({ batch: 2 });
  const client = new AbortController();
  const gone = queue.translate(work(['a', 'b', 'c', 'd'], { signal: client.signal }));
  const other = queue.translate(work(['x']));
  await nextTurn();
  client.abort(new Error('gone'));
  assert.equal(queue.waiting, 0, 'x is in the first batch');
  assert.deepEqual(batches[0]!.sentences, ['a', 'x']);
  batches[0]!.end();
  await other[0];
  await assert.rejects(gone[3]!, /gone/);
  await nextTurn();
  assert.equal(batches.length, 1, 'nothing was left to do');
  assert.throws(() => queue.translate(work(['y'], { signal: client.signal })), /gone/);
});

test('there is room for a limited number of sentences, and requests larger than the limit are rejected for good', async () => {
  const { batches, queue } = queueOf({ queue: 3 });
  queue.translate(work(['a']));
  await nextTurn();
  queue.translate(work(['b', 'c']));
  assert.throws(() => queue.translate(work(['d', 'e'])), { statusCode: 503, retryAfter: 1 });
  assert.throws(() => queue.translate(work(['1', '2', '3', '4'])), { statusCode: 413 });
  queue.translate(work(['d']));
  batches[0]!.end();
  await nextTurn();
  queue.translate(work(['e']));
});

test('a failing batch affects no other', async () => {
  const { batches, queue } = queueOf({ batch: 1 });
  const [first] = queue.translate(work(['a']));
  const [second] = queue.translate(work(['b']));
  await nextTurn();
  batches[0]!.end(new Error('no memory'));
  await assert.rejects(first!, /no memory/);
  batches[1]!.end();
  assert.deepEqual((await second!).sourcePieces, ['b']);
});

test('a single sentence waits for others during the window, a full batch does not', async () => {
  const { batches, queue } = queueOf({ batch: 3, window: 60_000 });
  queue.translate(work(['a']));
  queue.translate(work(['b']));
  await nextTurn();
  assert.equal(batches.length, 0);
  queue.translate(work(['c']));
  await nextTurn();
  assert.deepEqual(batches[0]?.sentences, ['a', 'b', 'c']);
});

test('no sentences need no batch, and harm none', async () => {
  const { batches, queue } = queueOf();
  assert.deepEqual(queue.translate(work([])), []);
  const [one] = queue.translate(work(['a']));
  await nextTurn();
  assert.deepEqual(
    batches.map(({ sentences }) => sentences),
    [['a']],
  );
  batches[0]!.end();
  assert.deepEqual((await one!).sourcePieces, ['a']);
});
