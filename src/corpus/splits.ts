/** The three splits of a corpus. Here a pair's split is stored as its number. */
export const splitNames = ['train', 'dev', 'test'] as const;
/** One of {@link splitNames}. */
export type SplitName = (typeof splitNames)[number];

/** Train is 0, so that a new array of split numbers is all train. */
export const TRAIN = 0;
export const DEV = 1;
export const TEST = 2;
