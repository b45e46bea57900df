/**
 * The tokenizations for BLEU, named as in sacreBLEU's `--tokenize`. The last five need a file: MeCab's dictionary or a
 * SentencePiece model.
 */
export const tokenizerNames = [
  ...(['13a', 'intl', 'char', 'zh', 'none'] as const),
  ...(['ja-mecab', 'ko-mecab', 'flores101', 'flores200', 'spm'] as const),
] as const;
/** One of {@link tokenizerNames}. */
export type TokenizerName = (typeof tokenizerNames)[number];
