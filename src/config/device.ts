import { z } from 'zod';
import type { DeviceName } from './device-name.ts';

export type { DeviceName } from './device-name.ts';

/** The option `--device` of every command that computes. */
export const deviceOption = z
  .custom<DeviceName>((value) => typeof value === 'string' && /^(cpu|gpu(:\d{1,3})?)$/.test(value), {
    error: ({ input }) => `${JSON.stringify(input)} is not a device`,
    params: { remedy: 'cpu, gpu, or gpu:1 for the second card' },
  })
  .optional()
  .describe(
    'device: cpu, gpu or gpu:N; default: the GPU if attn setup --gpu has run and a card is present, else the CPU',
  );
