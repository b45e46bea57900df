import { z } from 'zod';
import { readLines } from '../../corpus/lines.ts';
import { convertRemedy, NOT_UTF8 } from '../../support/encoding.ts';
import { InputError } from '../../support/errors.ts';
import { loadVocabulary } from '../../vocabulary/load.ts';
import { UNKNOWN, type Vocabulary } from '../../vocabulary/vocabulary.ts';
import { type Context, defineCommand } from '../command.ts';

const options = (pieces: string) =>
  z.object({
    model: z.string().describe('a .model file'),
    pieces: z.boolean().default(false).describe(pieces),
  });

export const vocabEncode = defineCommand({
  name: 'vocab encode',
  summary: 'convert sentences on standard input to ids, one sentence per line',
  options: options('write pieces instead of ids'),
  examples: ['attn vocab encode --model vocabulary/source.model < sentences.txt > ids.txt'],
  async run({ model, pieces }, _, context) {
    const vocabulary = await loadVocabulary(model);
    await mapLines(context, (sentence) => {
      const ids = vocabulary.encode(sentence);
      return (pieces ? ids.map(vocabulary.piece) : ids).join(' ');
    });
  },
});

export const vocabDecode = defineCommand({
  name: 'vocab decode',
  summary: 'convert ids on standard input to sentences, one sentence per line',
  options: options('read pieces instead of ids'),
  examples: ['attn vocab decode --model vocabulary/target.model < ids.txt'],
  async run({ model, pieces }, _, context) {
    const vocabulary = await loadVocabulary(model);
    await mapLines(context, (line, where) => {
      const words = line.split(/[ \t]+/).filter((word) => word !== '');
      return vocabulary.decode(words.map((word) => (pieces ? pieceId : checkedId)(word, vocabulary, where)));
    });
  },
});

function checkedId(word: string, { size }: Vocabulary, where: string): number {
  const id = /^\d+$/.test(word) ? Number(word) : -1;
  if (id >= 0 && id < size) return id;
  throw new InputError(`${JSON.stringify(word)} is not an id of this vocabulary`, {
    where,
    remedy: `ids are whole numbers from 0 to ${size - 1}; use --pieces for pieces`,
  });
}

function pieceId(word: string, vocabulary: Vocabulary, where: string): number {
  const id = vocabulary.id(word);
  if (id !== UNKNOWN || word === vocabulary.piece(UNKNOWN)) return id;
  throw new InputError(`${JSON.stringify(word)} is not a piece of this vocabulary`, { where });
}

/** Maps each line of standard input to one of standard output, no faster than they are read. */
async function mapLines(context: Context, turn: (line: string, where: string) => string): Promise<void> {
  for await (const { firstLine, lines } of readLines('-', { stdin: context.stdin })) {
    const turned = lines.map((line, i) => {
      const where = `standard input:${firstLine + i}`;
      if (line === null) throw new InputError(NOT_UTF8, { where, remedy: convertRemedy('FILE') });
      return `${turn(line, where)}\n`;
    });
    await context.write(turned.join(''));
  }
}
