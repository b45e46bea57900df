import { z } from 'zod';

/** Number formats of matrix products. */
const precisions = ['float32', 'float32-strict', 'bfloat16'] as const;
export type Precision = (typeof precisions)[number];

/** The option `--precision` of commands that compute. */
export const precisionOption = z
  .enum(precisions)
  .default('float32')
  .describe(
    'number format of the matrix products; float32 lets a GPU round their factors to 10 bits (TF32), float32-strict does not; bfloat16 is faster if the hardware supports it',
  );
