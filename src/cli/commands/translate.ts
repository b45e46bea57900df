import { z } from 'zod';
import { deviceOption } from '../../config/device.ts';
import { precisionOption } from '../../config/precision.ts';
import { type LineBatch, readLines } from '../../corpus/lines.ts';
import { checkSearch, searchOptions } from '../../decoding/search-flags.ts';
import { loadTranslator, type Translation } from '../../decoding/translator.ts';
import { convertRemedy, NOT_UTF8 } from '../../support/encoding.ts';
import { InputError } from '../../support/errors.ts';
import { chooseDevice, describeDevice } from '../../tensor/device.ts';
import { attentionRows, attentionWriter } from '../attention-writer.ts';
import { type Context, defineCommand } from '../command.ts';
import { linesTogether, typedLines } from '../line-batches.ts';
import { meantModel } from '../meant-run.ts';
import { progressLine } from '../progress-line.ts';

const options = z.object({
  file: z.string().optional().describe('file to translate, plain or gzip, one sentence per line'),
  checkpoint: z
    .string()
    .optional()
    .describe(
      'run folder; several, separated by commas, form an ensemble; default: the newest in checkpoints/ on the data last prepared',
    ),
  ...searchOptions,
  copyUnknown: z
    .boolean()
    .default(true)
    .describe('replace an unknown word by the source word it attends to most (vocabularies of words)'),
  attention: z
    .string()
    .optional()
    .describe(
      'file for the attention of every translation: .json .tsv .npy .svg .png .html .txt .align, or .pieces.svg and so on; with --json it is in the output too, with - only there',
    ),
  precision: precisionOption,
  device: deviceOption,
});

export const translate = defineCommand({
  name: 'translate',
  summary: 'translate arguments, a file or standard input with a trained model',
  arguments: [{ name: '[text...]', description: 'sentences, each in quotes' }],
  options: options.superRefine(checkSearch),
  json: true,
  examples: [
    'attn translate "Ho fame."',
    'attn translate < sentences.txt > translations.txt',
    'attn translate --checkpoint checkpoints/concat "Ho fame." --attention attention.svg',
    'attn translate --nbest 3 --json --file sentences.txt',
    'attn translate --nbest 3 "Ho fame." --attention hungry.html   # a page that switches between the three',
  ],
  async run({ file, checkpoint, attention, precision, device, ...search }, texts, context) {
    if (file !== undefined && texts.length > 0) {
      throw new InputError('cannot be combined with sentences as arguments', {
        where: '--file',
        remedy: 'give sentences or a file, not both',
      });
    }
    if (device !== undefined) context.say(`computing on ${describeDevice(chooseDevice(device))}`);
    const inOutput = attention !== undefined && context.json;
    const look = attention === undefined ? undefined : await attentionWriter(attention, context);
    const translator = await loadTranslator(checkpoint?.split(',') ?? meantModel(context), {
      precision,
      ...(device && { device }),
    });
    const progress = translationProgress(context);
    try {
      look?.check(translator);
      for await (const { firstLine, lines } of sentencesOf(file, texts, context)) {
        const translations = await translator.translate(
          lines.map((line) => line ?? ''),
          { ...search, attention: look === undefined ? 'none' : 'heads' },
        );
        for (const [i, translation] of translations.entries()) {
          warn(firstLine + i, lines[i] ?? null, translation, search.maxOutputLength, context);
          look?.add(translation);
        }
        const written = translations.map((translation, i) =>
          context.json ? asJson(translation, inOutput) : asText(translation, firstLine + i, search.nbest),
        );
        progress.clear();
        await context.write(written.join(''));
        progress.translated(lines.length);
      }
      look?.write(translator, context);
    } finally {
      progress.clear();
      await translator.close();
    }
  },
});

/** Reports the number of finished lines, if the output goes to a file and the work takes a while. */
function translationProgress(context: Context): { translated(lines: number): void; clear(): void } {
  const line = progressLine(context);
  const begun = performance.now();
  let done = 0;
  return {
    clear: line.clear,
    translated(lines) {
      done += lines;
      const seconds = (performance.now() - begun) / 1000;
      if (context.stdout.isTTY === true || seconds < 1) return;
      line.show(`${done.toLocaleString('en')} lines translated, ${(done / seconds).toFixed(0)} per second`);
    },
  };
}

function sentencesOf(
  file: string | undefined,
  texts: readonly string[],
  context: Context,
): AsyncIterable<LineBatch> | readonly LineBatch[] {
  if (texts.length > 0) return [{ firstLine: 1, lines: texts }];
  if (file === undefined && context.stdin.isTTY === true) {
    context.say('Type a sentence and press Enter; Ctrl-D ends.');
    return typedLines(context);
  }
  return linesTogether(readLines(file ?? '-', { stdin: context.stdin }));
}

/**
 * Warns about sources that were not, or only partly, translated. @param wanted the maximum length, if the user gave one
 */
function warn(
  line: number,
  text: string | null,
  { truncated, pieces, hypotheses: [best] }: Translation,
  wanted: number | undefined,
  { say }: Context,
): void {
  if (text === null) say(`line ${line}: ${NOT_UTF8}; its translation is left empty (${convertRemedy('FILE')})`);
  if (truncated) say(`line ${line}: too long for the model; its first ${pieces.length - 1} pieces were translated`);
  if (!best.finished && wanted === undefined) {
    say(`line ${line}: its translation did not end; it was cut off after ${best.pieces.length} pieces`);
  }
}

/**
 * @param withAttention adds one row of weights per piece of a hypothesis, with one column per item of `sourcePieces`
 */
function asJson({ source, pieces: sourcePieces, truncated, hypotheses }: Translation, withAttention: boolean): string {
  const line = {
    source,
    ...(withAttention && { sourcePieces }),
    ...(truncated && { truncated }),
    hypotheses: hypotheses.map((hypothesis) => {
      const { text, score, logProbability, pieces, finished } = hypothesis;
      return {
        ...{ text, score, logProbability, pieces, finished },
        ...(withAttention && { attention: attentionRows(hypothesis) }),
      };
    }),
  };
  return `${JSON.stringify(line)}\n`;
}

/** The best translation, or several, each as `line ||| text ||| score` (Moses' n-best lists; lines count from 0). */
function asText({ hypotheses }: Translation, line: number, nbest: number): string {
  if (nbest === 1) return `${hypotheses[0].text}\n`;
  return hypotheses.map(({ text, score }) => `${line - 1} ||| ${text} ||| ${score.toFixed(4)}\n`).join('');
}
