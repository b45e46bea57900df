// Pairs from your own source become training data. Here they come from a generator, as they might from a database.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { embeddedCorpus, type SentencePair, writePairs } from 'attn/corpus';
import { prepareData, splitCorpus } from 'attn/train';
import { buildVocabularies } from 'attn/vocabulary';

const { values } = parseArgs({ options: { pairs: { type: 'string' }, out: { type: 'string' } } });
const { pairs: most = '5000', out = 'example' } = values;

/** Replace this with your own query: any iterable works. */
async function* rows(): AsyncGenerator<SentencePair> {
  let left = Number(most);
  for await (const line of createInterface(createReadStream(join(embeddedCorpus, 'train.tsv')))) {
    const [source = '', target = ''] = line.split('\t');
    if (left-- <= 0) return;
    yield { source, target };
  }
}

const corpus = join(out, 'pairs.tsv');
const written = await writePairs(corpus, rows());
const { pairs, leaks } = await splitCorpus({ corpus, columns: ['it', 'en'], source: 'it', target: 'en', out });
const train = join(out, 'train.tsv');
const { source, target } = await buildVocabularies({ train, out: join(out, 'vocabulary'), type: 'words' });
const { out: data } = await prepareData({ train });

console.log(`${written} pairs: ${pairs.train} train, ${pairs.dev} dev, ${pairs.test} test${leaks ? ' (leaks)' : ''}`);
console.log(`${source.size} and ${target.size} words; prepared in ${data}`);
