import type { Tensor } from '@tensorflow/tfjs-core';

/** Drops values while training; the identity otherwise. */
export type Dropout = <T extends Tensor>(x: T) => T;

/** No dropout, for a trained model. */
export const keepAll: Dropout = (x) => x;
