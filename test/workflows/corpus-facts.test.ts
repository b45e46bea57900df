import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { formatSplitFile } from '../../src/corpus/split-folder.ts';
import { corpusFacts } from '../../src/workflows/corpus-facts.ts';
import { preparedWords } from '../helpers/word-corpus.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-facts-'));
after(() => rmSync(folder, { recursive: true }));

test('languages come from split.json and the licence from the note beside the split corpus', async () => {
  const corpus = join(folder, 'corpus');
  const data = await preparedWords(corpus, 50);
  assert.deepEqual(corpusFacts(data).languages, { source: 'source', target: 'target' });
  assert.equal(corpusFacts(data).licence, undefined);

  const fetched = join(folder, 'fetched');
  mkdirSync(fetched);
  writeFileSync(join(fetched, 'source.json'), JSON.stringify({ licence: 'CC0: do as you like' }));
  const none = { source: 0, target: 0 };
  const split = formatSplitFile({
    ...{ format: 'attn-split', version: 1, method: 'component', leaks: false, seed: 1, malformed: 0 },
    languages: { source: 'it', target: 'en' },
    inputs: [{ file: join(fetched, 'all.txt'), sha256: '' }],
    pairs: { train: 50, dev: 20, test: 20 },
    components: { count: 90, largest: 1 },
    sharedWithTrain: { dev: none, test: none },
  });
  writeFileSync(join(corpus, 'split.json'), split);
  const facts = corpusFacts(data);
  assert.deepEqual(facts.languages, { source: 'it', target: 'en' });
  assert.equal(facts.licence, 'CC0: do as you like');
  assert.equal(facts.pairs, 50);
});

test('of data that no longer exist only the name is known', () => {
  assert.deepEqual(corpusFacts('gone/prepared'), {
    ...{ name: 'gone/prepared', languages: { source: 'source', target: 'target' } },
  });
});
