/** The three parts that a corpus is divided into. A pair's part is kept as its number here. */
export const partNames = ['train', 'dev', 'test'] as const;
export type PartName = (typeof partNames)[number];

/** Train is 0, so that a fresh array of part numbers is all train. */
export const TRAIN = 0;
export const DEV = 1;
export const TEST = 2;
