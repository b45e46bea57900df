/** The three splits of a corpus. A pair's split is kept as its number here. */
export const splitNames = ['train', 'dev', 'test'] as const;
/** One of {@link splitNames}. */
export type SplitName = (typeof splitNames)[number];

/** Train is 0, so that a fresh array of split numbers is all train. */
export const TRAIN = 0;
export const DEV = 1;
export const TEST = 2;
