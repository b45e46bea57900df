import { z } from 'zod';

/** What computes, as `--device` names it: the processor, the first card, or the card of a number. */
export type DeviceName = 'cpu' | 'gpu' | `gpu:${number}`;

/** The option `--device` of every command that computes. */
export const deviceOption = z
  .custom<DeviceName>((value) => typeof value === 'string' && /^(cpu|gpu(:\d{1,3})?)$/.test(value), {
    error: ({ input }) => `${JSON.stringify(input)} is no device`,
    params: { remedy: 'cpu, gpu, or gpu:1 for the second card' },
  })
  .optional()
  .describe('cpu, gpu or gpu:N; without it the GPU where attn setup --gpu has run and a card is there, else the CPU');
