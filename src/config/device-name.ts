/** What computes, as `--device` names it: the processor, the first card, or the card of a number. */
export type DeviceName = 'cpu' | 'gpu' | `gpu:${number}`;
