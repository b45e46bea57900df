/** The names `--freeze` accepts; models/parameter-groups.ts defines their parameters. */
export const parameterGroups = [
  'embeddings',
  'source-embedding',
  'target-embedding',
  'encoder',
  'decoder',
  'attention',
  'output',
] as const;
/** One of {@link parameterGroups}. */
export type ParameterGroup = (typeof parameterGroups)[number];

/** Prepared data to mix into training, and its share of the batches, in (0, 1). */
export interface Mix {
  readonly data: string;
  readonly share: number;
}

/** Reads `FOLDER:0.2`; undefined if the text is anything else. */
export function parseMix(text: string): Mix | undefined {
  const [, data, share] = /^(.+):([0-9.eE+-]+)$/.exec(text) ?? [];
  if (data === undefined || !(Number(share) > 0 && Number(share) < 1)) return undefined;
  return { data, share: Number(share) };
}
