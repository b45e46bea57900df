import { z } from 'zod';
import { deviceOption } from '../../config/device.ts';
import { formatTable } from '../../support/table.ts';
import { chooseDevice } from '../../tensor/device.ts';
import { type Benchmark, benchmark } from '../../workflows/benchmark.ts';
import { embeddedDataset } from '../../workflows/default-data.ts';
import { defineCommand } from '../command.ts';

export const bench = defineCommand({
  name: 'bench',
  summary: 'measure how fast this machine trains and translates, in about half a minute',
  options: z.object({ device: deviceOption }),
  json: true,
  examples: ['attn bench', 'attn bench --json'],
  async run({ device }, _positional, context) {
    chooseDevice(device);
    const result = await benchmark(await embeddedDataset(context.say), context.say);
    context.print(context.json ? JSON.stringify(result) : describe(result));
  },
});

function describe({ processor, backend, device, threads, ...rates }: Benchmark): string {
  const { gflops, targetTokensPerSecond, sentencesPerSecond } = rates;
  const cell = (rate: number | null) => (rate === null ? '' : Math.round(rate).toLocaleString('en'));
  const row = (what: string, unit: string, { float32, bfloat16 }: Benchmark['gflops']) => [
    ...[what, unit, cell(float32), cell(bfloat16)],
  ];
  const right = (heading: string) => ({ heading, align: 'right' as const });
  const table = formatTable(
    [
      { heading: 'what' },
      { heading: 'unit' },
      right('float32'),
      ...(gflops.bfloat16 === null ? [] : [right('bfloat16')]),
    ],
    [
      row('matrix products', 'GFLOP/s', gflops),
      row('training', 'target tokens/s', targetTokensPerSecond),
      row('translating, beam 5', 'sentences/s', sentencesPerSecond),
    ],
  );
  const engine = backend === 'tensorflow' ? 'TensorFlow' : 'WebAssembly';
  return `${processor}, ${threads} thread${threads === 1 ? '' : 's'}, ${engine} on ${device}\nGRU with dot attention, E256 H256, 2,000 pieces, the embedded corpus\n\n${table}`;
}
