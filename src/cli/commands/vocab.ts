import { dirname, join } from 'node:path';
import { z } from 'zod';
import { shellWord } from '../../support/shell.ts';
import { buildVocabularies } from '../../vocabulary/build.ts';
import { DEFAULT_SIZE, defaultVocabularyOptions } from '../../vocabulary/train.ts';
import { defineCommand } from '../command.ts';

const defaults = defaultVocabularyOptions;

export const vocab = defineCommand({
  name: 'vocab',
  summary: 'build the vocabularies of a corpus, as SentencePiece model files',
  options: z.object({
    train: z.string().default('data/train.tsv').describe('TSV file, source<TAB>target, plain or gzip; - for stdin'),
    type: z
      .enum(['bpe', 'unigram', 'char', 'words'])
      .default(defaults.type)
      .describe('subword pieces, single characters, or whole words'),
    size: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        `ids in each vocabulary, including the four special ones; for words and char the maximum; default: ${DEFAULT_SIZE}, or as many as the corpus supports`,
      ),
    shared: z.boolean().default(false).describe('one vocabulary for both languages'),
    characterCoverage: z
      .number()
      .min(0.5)
      .max(1)
      .default(defaults.characterCoverage)
      .describe('fraction of the text whose characters get a piece; 1 for all'),
    byteFallback: z
      .boolean()
      .default(defaults.byteFallback)
      .describe('encode other characters as bytes instead of unknown'),
    normalization: z
      .enum(['nfkc', 'nfkc_cf', 'identity'])
      .optional()
      .describe(
        'Unicode NFKC, the same with case folded away, or text as it is; default: nfkc, for words lowercase without punctuation',
      ),
    splitDigits: z.boolean().default(defaults.splitDigits).describe('bpe, unigram: every digit is a piece by itself'),
    userSymbols: z.array(z.string()).optional().describe('strings that stay one piece, separated by commas'),
    minimumCount: z
      .number()
      .int()
      .min(1)
      .default(defaults.minimumCount)
      .describe('words: leave out words that occur less often'),
    out: z
      .string()
      .optional()
      .describe('output folder for source.model and target.model; default: vocabulary/ beside train'),
  }),
  json: true,
  examples: [
    'attn vocab --train datasets/tatoeba/train.tsv --type unigram --size 8000',
    "echo 'Ho fame.' | attn vocab encode --model datasets/tatoeba/vocabulary/source.model --pieces",
  ],
  async run(options, _, context) {
    const { normalization, userSymbols = [], ...others } = options;
    const out = options.out ?? join(dirname(options.train), 'vocabulary');
    const built = await buildVocabularies(
      options.train,
      out,
      { ...others, userSymbols, ...(normalization && { normalization }) },
      context.stdin,
    );
    if (context.json) context.print(JSON.stringify(built));
    for (const { path, type, size, sha256 } of [built.source, built.target]) {
      const kind = type === 'words' ? 'words' : type === 'char' ? 'characters' : `${type} pieces`;
      context.say(`${path}: ${size} ${kind}, sha256 ${sha256.slice(0, 12)}`);
    }
    // standard input cannot be read again
    const train = options.train === '-' ? 'TRAIN.tsv' : shellWord(options.train);
    context.say(`from ${built.pairs} pairs\nnext: attn prepare --train ${train} --vocabulary ${shellWord(out)}`);
  },
});
