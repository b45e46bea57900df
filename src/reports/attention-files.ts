import { join, resolve } from 'node:path';
import { InputError } from '../support/errors.ts';
import { writeFileAtomic } from '../support/files.ts';
import { type AttentionMatrix, type Level, labelledMatrix } from './attention-matrix.ts';
import { attentionJson, attentionTsv, pharaohAlignment } from './attention-text.ts';
import { heatmapPng, heatmapSvg } from './heatmap.ts';
import { heatmapText } from './heatmap-text.ts';
import { attentionHtml } from './html.ts';
import { encodeNpy } from './npy.ts';

/** The formats for attention; also the file extensions. */
export const attentionFormats = ['json', 'tsv', 'npy', 'svg', 'png', 'txt', 'align', 'html'] as const;
/** One of {@link attentionFormats}. */
export type AttentionFormat = (typeof attentionFormats)[number];

/** The title of a picture, and whether it shows words or pieces (JSON and HTML contain both). */
export interface AttentionView {
  readonly title?: string;
  readonly level?: Level;
}

/** A file name that determines what to write. */
export interface AttentionPath {
  readonly path: string;
  readonly format: AttentionFormat;
  readonly level: Level;
}

/**
 * Reads the format from a file name: `FILE.svg` shows words, `FILE.pieces.svg` the vocabulary's pieces.
 * @throws InputError for an extension that is not a format
 */
export function attentionPath(path: string): AttentionPath {
  const ending = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase();
  const format = attentionFormats.find((name) => name === ending);
  if (!format) {
    throw new InputError(`'${ending ?? ''}' is not an attention format`, {
      where: path,
      remedy: `end the file's name in one of: ${attentionFormats.map((name) => `.${name}`).join(' ')}`,
    });
  }
  return { path, format, level: /\.pieces\.[^.]+$/i.test(path) ? 'pieces' : 'words' };
}

/** One sentence's attention as the content of a file. */
export function renderAttention(
  attention: AttentionMatrix,
  format: AttentionFormat,
  { title, level = 'words' }: AttentionView = {},
): string | Uint8Array {
  const matrix = labelledMatrix(attention, level);
  switch (format) {
    case 'json':
      return attentionJson(attention);
    case 'tsv':
      return attentionTsv(matrix);
    case 'npy':
      return encodeNpy(matrix.weights, matrix.columns.length);
    case 'svg':
      return heatmapSvg(matrix, title);
    case 'png':
      return heatmapPng(matrix, title);
    case 'txt':
      return `${heatmapText(matrix, { colour: false })}\n`;
    case 'align':
      return `${pharaohAlignment(matrix)}\n`;
    case 'html':
      return attentionHtml([{ index: 1, model: title ?? 'attention', attention }]);
  }
}

/**
 * Writes one sentence of a report: `directory/NNNN.FORMAT` for each format, and `NNNN.pieces.FORMAT` for pieces.
 * @param index the sentence's line in the test set, from 1
 * @returns the paths written
 */
export function writeAttention(
  directory: string,
  index: number,
  attention: AttentionMatrix,
  formats: readonly AttentionFormat[],
  view: AttentionView = {},
): string[] {
  const name = `${String(index).padStart(4, '0')}${view.level === 'pieces' ? '.pieces' : ''}`;
  return formats.map((format) => {
    const path = join(directory, `${name}.${format}`);
    writeFileAtomic(path, renderAttention(attention, format, view));
    return path;
  });
}

/**
 * Writes the attention of freshly translated sentences to the file the user named. Alignments (one line per sentence),
 * text and HTML contain all sentences; the other formats get one file each: `FILE.0001.svg`, `FILE.0002.svg`... If a
 * sentence has several translations, each has its own file: `FILE.0001.2.svg` is the second of the first sentence;
 * alignments are then `SENTENCE ||| LINKS`, with sentences counted from 0 as in an n-best list.
 * @param attentions for each sentence those of its translations, best first; none for one without words: an empty line,
 *   or a number that is left out
 * @param model names the model in the pictures
 * @returns the paths written
 * @throws InputError for a name that `attentionPath` rejects, or a place that cannot be written
 */
export function writeAttentionFile(
  path: string,
  attentions: readonly (readonly AttentionMatrix[])[],
  model: string,
): string[] {
  const { format, level } = attentionPath(path);
  const render = (attention: AttentionMatrix) => renderAttention(attention, format, { title: model, level });
  const write = (file: string, content: string | Uint8Array): string => {
    writeFileAtomic(file, content);
    return resolve(file);
  };
  const several = attentions.some((own) => own.length > 1);
  const numbered = attentions.flatMap((own, i) =>
    own.map((attention, k) => ({ index: i + 1, model, ...(several && { rank: k + 1 }), attention })),
  );
  const [first] = numbered;
  if (attentions.length === 1 && numbered.length === 1 && first) return [write(path, render(first.attention))];
  if (format === 'html') return [write(path, attentionHtml(numbered))];
  if (format === 'txt') return [write(path, numbered.map(({ attention }) => render(attention)).join('\n'))];
  if (format === 'align') {
    if (several) {
      const lines = numbered.map(({ index, attention }) => `${index - 1} ||| ${render(attention)}`);
      return [write(path, lines.join(''))];
    }
    return [write(path, attentions.map(([attention]) => (attention ? render(attention) : '\n')).join(''))];
  }
  return numbered.map(({ index, rank, attention }) => {
    const sentence = attentions.length === 1 ? [] : [String(index).padStart(4, '0')];
    const numbers = [...sentence, ...(rank === undefined ? [] : [rank])].join('.');
    return write(path.replace(/((?:\.pieces)?\.[^.]+)$/i, `.${numbers}$1`), render(attention));
  });
}
