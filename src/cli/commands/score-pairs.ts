import { z } from 'zod';
import { deviceOption } from '../../config/device.ts';
import { precisionOption } from '../../config/precision.ts';
import { readLines } from '../../corpus/lines.ts';
import { loadTranslator, type ScoredPair, type SentencePair } from '../../decoding/translator.ts';
import { convertRemedy, NOT_UTF8 } from '../../support/encoding.ts';
import { InputError } from '../../support/errors.ts';
import { chooseDevice } from '../../tensor/device.ts';
import { attentionRows, attentionWriter } from '../attention-writer.ts';
import { type Context, defineCommand } from '../command.ts';
import { linesTogether } from '../line-batches.ts';
import { meantModel } from '../meant-run.ts';

export const scorePairsCommand = defineCommand({
  name: 'score-pairs',
  summary: 'score given translations with a trained model: log probability of pairs or of n-best lists',
  arguments: [
    {
      name: '[file]',
      description:
        'TSV, source<TAB>target; with --sources an n-best list; plain or gzip, - or nothing for standard input',
    },
  ],
  options: z.object({
    checkpoint: z
      .string()
      .optional()
      .describe(
        'run folder; several, separated by commas, form an ensemble; default: the newest in checkpoints/ on the data last prepared',
      ),
    sources: z
      .string()
      .optional()
      .describe("the file is an n-best list in Moses's format (LINE ||| TEXT ||| ...), and this file has its sources"),
    sort: z
      .boolean()
      .default(false)
      .describe(
        'best first by log probability per piece: all pairs, or the translations of each sentence of an n-best list',
      ),
    attention: z
      .string()
      .optional()
      .describe(
        'file for the attention while the translations are forced on the model, in the order of the output: .json .tsv .svg .html and so on; with --json it is in the output too, with - only there',
      ),
    precision: precisionOption,
    device: deviceOption,
  }),
  json: true,
  examples: [
    'attn score-pairs --checkpoint checkpoints/concat corpus.tsv > scored.tsv',
    'attn score-pairs --sort corpus.tsv | head -n 100000 | cut -f 3-    # the best pairs of a noisy corpus',
    'attn translate --beam 10 --nbest 10 --file news.it > nbest.txt',
    'attn score-pairs --checkpoint checkpoints/large --sources news.it --sort nbest.txt',
  ],
  async run({ checkpoint, sources, sort, attention, precision, device }, [file = '-'], context) {
    if (sources === '-' && file === '-') {
      throw new InputError('standard input is the n-best list already', {
        where: '--sources',
        remedy: 'name the file of the sources, or the list as an argument',
      });
    }
    if (device !== undefined) chooseDevice(device);
    const look = attention === undefined ? undefined : await attentionWriter(attention, context);
    const inOutput = attention !== undefined && context.json;
    const read = sources === undefined ? pairOf : nbestReader(await allLines(sources, context), sources);
    const translator = await loadTranslator(checkpoint?.split(',') ?? meantModel(context), {
      precision,
      ...(device && { device }),
    });
    const total = { pairs: 0, pieces: 0, logProbability: 0 };
    const kept: Scored[] = [];
    const write = async (lines: readonly Scored[]) => {
      for (const { pair } of lines) if (pair) look?.add(pair);
      await context.write(lines.map(({ text }) => text).join(''));
    };
    try {
      look?.check(translator);
      for await (const { firstLine, lines } of linesTogether(readLines(file, { stdin: context.stdin }))) {
        const items = lines.map((line, i) => read(line, `${file === '-' ? 'standard input' : file}:${firstLine + i}`));
        const scored = await translator.scorePairs(items, { attention: look === undefined ? 'none' : 'heads' });
        const written = scored.map((pair, i): Scored => {
          const item = items[i] as Item;
          if (pair.truncated) context.say(`line ${firstLine + i}: too long for the model; only its start was scored`);
          const [{ score, logProbability, pieces }] = pair.hypotheses;
          total.pairs++;
          total.pieces += pieces.length;
          total.logProbability += logProbability;
          const text = context.json ? asJson(pair, item, inOutput) : asText(pair, item);
          return { group: item.group, score, text, ...(look && { pair }) };
        });
        if (sort) kept.push(...written);
        else await write(written);
      }
      // stable: pairs with equal scores keep their order
      kept.sort((a, b) => a.group - b.group || b.score - a.score);
      await write(kept);
      look?.write(translator, context);
      context.say(summary(total));
    } finally {
      await translator.close();
    }
  },
});

/** A line of the input. */
interface Item extends SentencePair {
  readonly line: string;
  /** The number of its sentence in an n-best list, from 0. */
  readonly group: number;
  /** Whether it is from an n-best list. */
  readonly nbest: boolean;
}

/** A line of the output. */
interface Scored {
  readonly group: number;
  readonly score: number;
  readonly text: string;
  /** If its attention is written to a file. */
  readonly pair?: ScoredPair;
}

/** Reads `source<TAB>target`; further columns stay. */
function pairOf(line: string | null, where: string): Item {
  const [source, target] = checked(line, where).split('\t');
  if (source === undefined || target === undefined) {
    throw new InputError('has no tab', {
      where,
      remedy: 'a pair is source<TAB>target; an n-best list needs --sources',
    });
  }
  return { source, target, line: line as string, group: 0, nbest: false };
}

/** Reads lines of an n-best list, whose numbers count the sources from 0. */
function nbestReader(sources: readonly string[], name: string): typeof pairOf {
  return (line, where) => {
    const [number = '', target] = checked(line, where).split(' ||| ');
    if (target === undefined || !/^\d+$/.test(number.trim())) {
      throw new InputError('is not a line of an n-best list', { where, remedy: 'write LINE ||| TEXT ||| SCORE' });
    }
    const group = Number(number);
    const source = sources[group];
    if (source === undefined) {
      throw new InputError(`is a translation of sentence ${group}, but ${name} has ${sources.length}`, {
        where,
        remedy: 'sentences are counted from 0; name their file with --sources',
      });
    }
    return { source, target, line: line as string, group, nbest: true };
  };
}

function checked(line: string | null, where: string): string {
  if (line === null) throw new InputError(NOT_UTF8, { where, remedy: convertRemedy('FILE') });
  return line;
}

async function allLines(path: string, { stdin, say }: Context): Promise<string[]> {
  const all: string[] = [];
  for await (const { firstLine, lines } of readLines(path, { stdin })) {
    for (const [i, line] of lines.entries()) all.push(checked(line, `${path}:${firstLine + i}`));
  }
  const pair = all.findIndex((line) => line.includes('\t'));
  if (pair >= 0) say(`${path}:${pair + 1}: has a tab; each whole line is a source, not only its first column`);
  return all;
}

/** The output columns: both log probabilities before a pair; the mean per piece after a line of an n-best list. */
function asText({ hypotheses: [{ score, logProbability }] }: ScoredPair, { line, nbest }: Item): string {
  const perPiece = score.toFixed(4);
  return nbest ? `${line} ||| ${perPiece}\n` : `${logProbability.toFixed(4)}\t${perPiece}\t${line}\n`;
}

function asJson(pair: ScoredPair, { group, nbest }: Item, withAttention: boolean): string {
  const { source, pieces: sourcePieces, truncated, hypotheses } = pair;
  const { text, score, logProbability, pieces, logProbabilities } = hypotheses[0];
  const line = {
    ...(nbest && { sentence: group }),
    ...{ source, target: text, ...(truncated && { truncated }) },
    ...{ logProbability, perPiece: score, perplexity: Math.exp(-score), pieces, logProbabilities },
    ...(withAttention && { sourcePieces, attention: attentionRows(hypotheses[0]) }),
  };
  return `${JSON.stringify(line)}\n`;
}

function summary({ pairs, pieces, logProbability }: { pairs: number; pieces: number; logProbability: number }): string {
  if (pairs === 0) return 'no pairs';
  const perPiece = logProbability / pieces;
  return `${pairs.toLocaleString('en')} pairs, ${pieces.toLocaleString('en')} pieces: log probability ${perPiece.toFixed(4)} per piece, perplexity ${Math.exp(-perPiece).toFixed(2)}`;
}
