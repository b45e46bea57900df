import { dirname } from 'node:path';
import { attends, type Translation, type Translator } from '../decoding/translator.ts';
import type { AttentionMatrix } from '../reports/attention-matrix.ts';
import { InputError } from '../support/errors.ts';
import type { Context } from './command.ts';

/** Collects where models looked while they wrote each translation of each sentence, and writes it to one file. */
export interface AttentionWriter {
  /** @throws InputError if the models have no attention */
  check(translator: Translator): void;
  add(translation: Translation): void;
  write(translator: Translator, context: Context): void;
}

/**
 * Creates the writer for a file; for `-`, attention only in the lines of `--json`, it writes nothing. The drawing code
 * is loaded only here.
 * @throws InputError for a name with an unknown format, a folder that is not writable, and `-` without `--json`
 */
export async function attentionWriter(path: string, { json }: Pick<Context, 'json'>): Promise<AttentionWriter> {
  if (path === '-' && !json) {
    throw new InputError('- puts the attention into the lines of --json', {
      where: '--attention',
      remedy: 'add --json, or name a file',
    });
  }
  const { attentionPath, writeAttentionFile } = await import('../reports/attention-files.ts');
  const { translationAttention } = await import('../reports/translation-attention.ts');
  const { makeWritableFolder } = await import('../support/files.ts');
  if (path !== '-') {
    attentionPath(path);
    makeWritableFolder(dirname(path));
  }
  const matrices: AttentionMatrix[][] = [];
  return {
    check({ runs }) {
      if (runs.some(attends)) return;
      throw new InputError('this model has no attention', {
        where: runs[0].path,
        remedy: 'name one that was trained with a score other than none',
      });
    },
    add(translation) {
      if (path === '-') return;
      // a sentence without words has none, and keeps its place
      matrices.push(translation.hypotheses.flatMap((_, rank) => translationAttention(translation, rank) ?? []));
    },
    write({ runs }, { say }) {
      if (matrices.every((own) => own.length === 0)) return;
      const paths = writeAttentionFile(path, matrices, runs.map(({ name }) => name).join(' + '));
      say(`attention: ${paths[0]}${paths.length > 1 ? ` and ${paths.length - 1} more` : ''}`);
    },
  };
}

/** A hypothesis's attention for a line of `--json`: a row for each of its pieces, weights rounded to five decimals. */
export function attentionRows({ attention }: Translation['hypotheses'][number]): number[][] {
  return attention.attention?.map((row) => Array.from(row, (weight) => Math.round(weight * 1e5) / 1e5)) ?? [];
}
