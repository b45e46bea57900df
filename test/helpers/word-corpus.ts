import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareDataset } from '../../src/dataset/prepare.ts';
import { Random } from '../../src/support/random.ts';
import { buildVocabularies } from '../../src/vocabulary/build.ts';
import { defaultVocabularyOptions } from '../../src/vocabulary/train.ts';

/** Words of no real language. */
export const inventedWords = [
  'bami',
  'celo',
  'dure',
  'fino',
  'gapu',
  'lero',
  'mivo',
  'nuta',
  'peso',
  'rami',
  'sovi',
  'tula',
];

/**
 * Sentences whose translation is their words in reverse, prepared in `folder`, with their own vocabularies or those of
 * another folder.
 * @param options whether with word alignments, which are in `train.align`
 * @returns the prepared folder
 */
export async function preparedWords(
  folder: string,
  pairs = 200,
  {
    words = inventedWords,
    vocabularyOf,
    aligned = false,
  }: { words?: readonly string[]; vocabularyOf?: string; aligned?: boolean } = {},
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const [name, count] of Object.entries({ train: pairs, dev: 20, test: 20 })) {
    const random = new Random('word corpus', name);
    const lines = Array.from({ length: count }, () => {
      const sentence = Array.from({ length: 2 + random.integer(5) }, () => random.choice(words));
      return `${sentence.join(' ')}\t${[...sentence].reverse().join(' ')}\n`;
    });
    writeFileSync(join(folder, `${name}.tsv`), lines.join(''));
    writeFileSync(join(folder, `${name}.align`), lines.map(backwards).join(''));
  }
  const path = (name: string) => join(folder, `${name}.tsv`);
  const vocabulary = join(vocabularyOf ?? folder, 'vocabulary');
  if (vocabularyOf === undefined)
    await buildVocabularies(path('train'), vocabulary, {
      ...defaultVocabularyOptions,
      type: 'words',
      size: 100,
      shared: false,
    });
  const out = join(folder, 'prepared');
  const corpus = { train: path('train'), dev: path('dev'), test: path('test') };
  const guidedAlignment = join(folder, 'train.align');
  await prepareDataset({ corpus, vocabulary, out, maxLength: 20, ...(aligned && { guidedAlignment }) });
  return out;
}

/** The links of a pair: first word and last, second and second to last... */
function backwards(line: string): string {
  const words = line.split('\t')[0]?.split(' ') ?? [];
  return `${words.map((_, i) => `${i}-${words.length - 1 - i}`).join(' ')}\n`;
}

/** Options of `attn train` for a model that takes seconds. */
export function tinyTrainingFlags(data: string, out: string, steps: number): string[] {
  return [
    ...['--data', data, '--out', out, '--max-steps', String(steps), '--validate-every', '5', '--log-every', '5'],
    ...['--embedding', '12', '--hidden', '16', '--batch-tokens', '200', '--dropout', '0.2', '--seed', '3', '--quiet'],
    // so fast that it has started to learn after two updates
    ...['--learning-rate', '0.05'],
  ];
}
