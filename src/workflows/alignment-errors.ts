import type { TrainedRun } from '../checkpoints/trained-run.ts';
import type { Alignment } from '../corpus/alignment.ts';
import { splitWords } from '../corpus/whitespace.ts';
import { teacherForcedAttention } from '../decoding/teacher-forced.ts';
import { attends } from '../decoding/translator.ts';
import { alignmentErrorRate, readAlignments } from '../evaluation/alignment.ts';
import { learnedPlaces } from '../models/places.ts';
import type { ModelOptions } from '../models/seq2seq.ts';
import { attentionMatrix, labelledMatrix } from '../reports/attention-matrix.ts';
import { alignmentLinks } from '../reports/attention-text.ts';
import { InputError } from '../support/errors.ts';
import { openRuntime } from '../tensor/runtime.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { groupPieces } from '../vocabulary/word-groups.ts';
import type { TestSet } from './test-set.ts';

/**
 * How much models' attention disagrees with a gold alignment while they are forced to write the references: each target
 * word is linked to the source word it looks at most.
 * @param path a file of alignments, one line per sentence of the test set, with words separated by spaces
 * @returns for each model the alignment error rate, in [0, 1]; undefined for one without attention
 * @throws InputError for an invalid file, one without a line for each sentence, or one that links a word that does not
 *   exist, and for a model whose words are counted differently
 */
export async function alignmentErrorRates(
  runs: readonly TrainedRun[],
  test: TestSet,
  path: string,
): Promise<(number | undefined)[]> {
  const gold = await readGold(path, test);
  const rates: (number | undefined)[] = [];
  for (const run of runs) rates.push(attends(run) ? alignmentErrorRate(await linksOf(run, test), gold).aer : undefined);
  return rates;
}

async function readGold(path: string, { name, sources, references }: TestSet): Promise<readonly Alignment[]> {
  const gold = await readAlignments(path);
  if (gold.length !== sources.length) {
    throw new InputError(`has ${gold.length} lines, ${name} has ${sources.length}`, {
      where: path,
      remedy: 'give one line of links for each sentence of the test set (--test names another one)',
    });
  }
  if (gold.every(({ sure }) => sure.size === 0)) {
    throw new InputError('has no sure link, so the error rate is undefined', {
      where: path,
      remedy: 'write sure links as 0-1, possible ones as 0?1',
    });
  }
  for (const [i, { possible }] of gold.entries()) {
    const words = [sources[i], references[i]].map((text = '') => splitWords(text).length);
    const outside = [...possible].find((link) => link.split('-').some((place, side) => Number(place) >= words[side]!));
    if (outside === undefined) continue;
    throw new InputError(
      `${outside} links a word that does not exist: the pair has ${words.join(' source and ')} target words`,
      {
        where: `${path}:${i + 1}`,
        remedy: 'count the words of the test set, separated by spaces, from 0',
      },
    );
  }
  return gold;
}

/** A model's links of each sentence. */
async function linksOf(
  { checkpoint, model, vocabularies, path }: TrainedRun,
  { sources, references }: TestSet,
): Promise<Alignment[]> {
  const read = (texts: readonly string[], vocabulary: Vocabulary) => {
    const ids = texts.map((text) => Int32Array.from(vocabulary.encode(text)));
    const pieces = ids.map((own) => Array.from(own, (id) => vocabulary.piece(id)));
    for (const [i, text] of texts.entries()) checkWords(groupPieces(pieces[i] ?? [], true).words.length, text, i, path);
    return { ids, pieces };
  };
  const source = read(sources, vocabularies.source);
  const target = read(references, vocabularies.target);
  checkPlaces(model.options, source.ids, target.ids, path);
  const pairs = source.ids.map((own, i) => ({ source: own, target: target.ids[i] as Int32Array }));
  const runtime = await openRuntime();
  try {
    const variables = await runtime.variables(checkpoint.parameters);
    const weights = await teacherForcedAttention(runtime, model, variables, pairs);
    return weights.map((rows, i) => {
      const matrix = attentionMatrix({
        source: [...(source.pieces[i] ?? []), '</s>'],
        target: [...(target.pieces[i] ?? []), '</s>'],
        weights: rows,
        wordsBySpaces: true,
        text: { source: sources[i] ?? '', hypothesis: references[i] ?? '' },
      });
      const links = new Set(alignmentLinks(labelledMatrix(matrix, 'words')));
      return { sure: links, possible: links };
    });
  } finally {
    runtime.close();
  }
}

/** Beyond its learned positions a model's attention means nothing. */
function checkPlaces(
  options: ModelOptions,
  source: readonly Int32Array[],
  target: readonly Int32Array[],
  where: string,
): void {
  const places = learnedPlaces(options);
  const index = source.findIndex(
    ({ length }, i) =>
      length >= (places.source ?? Number.POSITIVE_INFINITY) ||
      (target[i]?.length ?? 0) >= (places.target ?? Number.POSITIVE_INFINITY),
  );
  if (index < 0) return;
  throw new InputError(
    `it has ${options.maxPositions} positions, but sentence ${index + 1} of the test set, which has gold links, is longer`,
    { where, remedy: 'leave out this model or --gold, or give a test set of shorter sentences' },
  );
}

function checkWords(found: number, text: string, index: number, where: string): void {
  const words = splitWords(text).length;
  if (found === words) return;
  throw new InputError(
    `its vocabulary makes ${found} words of the ${words} in sentence ${index + 1} of the test set, which has gold links`,
    { where, remedy: 'leave out this model or --gold, or give a test set without what the vocabulary drops' },
  );
}
