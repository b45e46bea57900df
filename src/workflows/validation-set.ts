import type { Split } from '../dataset/dataset.ts';
import type { SplitManifest } from '../dataset/manifest.ts';
import { chooseTokenizer, type TokenizerWish } from '../evaluation/choose-tokenizer.ts';
import type { Tokenizer } from '../evaluation/tokenizers.ts';
import { longestSource } from '../models/places.ts';
import type { ModelOptions } from '../models/seq2seq.ts';
import type { VocabularyPair } from '../vocabulary/pair.ts';

/** The dev sentences that a validation translates, and its tokenizer. */
export interface ValidationSet {
  /** Ids without eos: whole sentences, even if the prepared ones are cut. */
  readonly sources: readonly (readonly number[])[];
  readonly texts: readonly { readonly source: string; readonly target: string }[];
  /** In the form the model can write. */
  readonly references: readonly string[];
  readonly tokenizer: Tokenizer;
  /** Sentences for people: how BLEU counts words, and what of dev is cut or left out. */
  readonly notes: readonly string[];
}

/** What is needed to choose them. */
export interface ValidationSetInput {
  readonly dev: Split;
  readonly manifest: SplitManifest;
  /** The maximum number of ids of a prepared side. */
  readonly maxLength: number;
  readonly model: ModelOptions;
  readonly vocabularies: VocabularyPair;
  /** Converts a dev sentence to what the model could have written (`referenceForm`). */
  readonly referenceForm: (sentence: string) => string;
  readonly wish: TokenizerWish;
}

/** The maximum number of dev sentences translated at a validation; the loss is over all of them. */
const MOST_TRANSLATED = 2000;

/** The sentences that a validation translates. @throws InputError as `chooseTokenizer` */
export async function validationSet(input: ValidationSetInput): Promise<ValidationSet> {
  const { dev, manifest, maxLength, model, vocabularies, referenceForm, wish } = input;
  const size = Math.min(dev.size, MOST_TRANSLATED);
  const texts = Array.from({ length: size }, (_, i) => dev.text(i) ?? { source: '', target: '' });
  const longest = longestSource(model);
  const whole = texts.map(({ source }) => vocabularies.source.encode(source));
  const cut = whole.filter(({ length }) => length > longest).length;
  const references = texts.map(({ target }) => referenceForm(target));
  const { scoring, notes } = await chooseTokenizer(references, wish);
  return {
    ...{ texts, references, tokenizer: scoring.tokenize },
    sources: whole.map((ids) => ids.slice(0, longest)),
    notes: [
      ...notes,
      ...(dev.size > size ? [`Validation translates the first ${size} of ${dev.size} sentences of dev.`] : []),
      ...(cut === 0
        ? []
        : [
            `${cut} of ${size} sources of dev are longer than the ${longest} pieces that the model reads, so they are cut.`,
          ]),
      ...(manifest.truncated === 0
        ? []
        : [
            `${manifest.truncated} sides of dev are cut to ${maxLength} ids in the prepared data; the validation loss covers only those, BLEU and chrF whole sentences. attn prepare --max-length N keeps more.`,
          ]),
    ],
  };
}
