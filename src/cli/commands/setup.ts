import { z } from 'zod';
import { runSetup } from '../../doctor/setup.ts';
import { defineCommand } from '../command.ts';
import { doctor } from './doctor.ts';

export const setup = defineCommand({
  name: 'setup',
  summary: 'download and build what is missing, then report what is installed',
  json: true,
  options: z.object({
    gpu: z.boolean().default(false).describe('also download TensorFlow with CUDA for NVIDIA cards: 2.9 GB'),
    mpi: z
      .boolean()
      .default(false)
      .describe('also download MPICH, for attn train --workers where the system has no MPI: 13 MB'),
  }),
  examples: ['attn setup', 'attn setup --gpu', 'attn setup --mpi'],
  async run({ gpu, mpi }, positional, context) {
    runSetup({ gpu, mpi, quiet: context.quiet });
    await doctor.run({}, positional, context);
    if (!context.json) context.say('next: attn demo');
  },
});
