/** What computes, as `--device` names it: the CPU, the first GPU, or the GPU of a number. */
export type DeviceName = 'cpu' | 'gpu' | `gpu:${number}`;
