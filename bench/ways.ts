import { loadTranslator } from '../src/decoding/translator.ts';
import { corpusBleu } from '../src/evaluation/bleu.ts';

const ROUNDS = 2;

/** A way to translate the test split. */
export interface Way {
  readonly name: string;
  /** @returns the seconds it takes after warming up, and the translations */
  readonly translate: () => Promise<{ readonly seconds: number; readonly texts: readonly string[] }>;
  readonly close?: () => void;
}

/** A way's sentences per second, and its name with the BLEU of its translations. */
export interface Speed {
  readonly speed: number;
  readonly label: string;
}

/** Lets all translate in turn, for several rounds; the fastest of each counts. */
export async function takeTurns(ways: readonly Way[], references: readonly string[]): Promise<Map<string, Speed>> {
  const speeds = new Map<string, Speed>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, translate } of ways) {
      const { seconds, texts } = await translate();
      const speed = Math.max(references.length / seconds, speeds.get(name)?.speed ?? 0);
      speeds.set(name, { speed, label: `${name} (BLEU ${corpusBleu(texts, [references]).score.toFixed(2)})` });
    }
  }
  for (const { close } of ways) close?.();
  return speeds;
}

/** attn itself, its translator loaded and compiled before the first measurement. */
export function ownWay(
  name: string,
  path: string,
  sentences: readonly string[],
  given: { readonly precision: 'float32' | 'bfloat16'; readonly beam: number },
): Way {
  const { precision, ...search } = given;
  const options = { attention: 'none', ...search } as const;
  const open = async () => {
    const translator = await loadTranslator(path, { backend: 'tensorflow', precision });
    await translator.translate(sentences, options);
    return translator;
  };
  let opened: ReturnType<typeof open> | undefined;
  const translate = async () => {
    opened ??= open();
    const translator = await opened;
    const start = performance.now();
    const translated = await translator.translate(sentences, options);
    const seconds = (performance.now() - start) / 1000;
    return { seconds, texts: translated.map(({ hypotheses }) => hypotheses[0]?.text ?? '') };
  };
  const close = () => void opened?.then((translator) => translator.close());
  return { name, translate, close };
}
