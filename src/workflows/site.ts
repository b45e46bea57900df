import type { ModelOptions } from '../models/seq2seq.ts';
import type { ModelFacts } from './model-facts.ts';

/** The content of `models.json` for a page that translates by itself. Paths are relative to the page's folder. */
export interface Site {
  /** The version of attn. */
  readonly version: string;
  readonly models: readonly SiteModel[];
}

/** A model of the page. */
export interface SiteModel extends ModelFacts {
  readonly name: string;
  /** Whether the page starts with it. */
  readonly default: boolean;
  /** The size of the model file. */
  readonly bytes: number;
  readonly files: { readonly model: string; readonly source: string; readonly target: string };
  /** Together with the vocabularies' sizes they determine the model. */
  readonly options: Omit<ModelOptions, 'sourceVocabulary' | 'targetVocabulary'>;
}
