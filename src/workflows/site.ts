import type { ModelOptions } from '../models/seq2seq.ts';

/** What `models.json` says of a page that translates by itself. Paths are from the page's folder. */
export interface Site {
  /** Of attn. */
  readonly version: string;
  readonly models: readonly SiteModel[];
}

/** A model of the page. */
export interface SiteModel {
  readonly name: string;
  readonly architecture: 'gru' | 'lstm' | 'transformer';
  readonly score: string;
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
  /** Whether the page begins with it. */
  readonly default: boolean;
  /** Of the model file. */
  readonly bytes: number;
  readonly files: { readonly model: string; readonly source: string; readonly target: string };
  /** With the vocabularies' sizes they give the model. */
  readonly options: Omit<ModelOptions, 'sourceVocabulary' | 'targetVocabulary'>;
}
