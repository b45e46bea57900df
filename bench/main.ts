// npm run bench -- NAME [--python PATH] [--json]: runs bench/NAME.ts and prints its measurements.
import { readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { formatTable } from '../src/support/table.ts';
import { version } from '../src/support/version.ts';
import type { Benchmark, BenchRow } from './row.ts';

const helpers = ['main', 'row', 'peer', 'tatoeba', 'ways'];
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .filter((name) => !helpers.includes(name));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const name = positionals[0] ?? '';
if (!names.includes(name)) {
  console.error(`usage: npm run bench -- NAME [--python PATH] [--json]\n  names: ${names.join(', ')}`);
  process.exit(2);
}

const { run } = (await import(`./${name}.ts`)) as { readonly run: Benchmark };
const rows = await run({ json: values.json, ...(values.python !== undefined && { python: values.python }) });
const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, Node ${process.version}`;
if (values.json) console.log(JSON.stringify({ name, machine, attn: version, rows }));
else console.log(`${name} on ${machine}\n\n${table(rows)}`);

function table(list: readonly BenchRow[]): string {
  const compared = list.some((row) => row.peer !== undefined);
  const heads = ['what', 'value', 'unit', ...(compared ? ['peer', 'its value', 'ratio'] : [])];
  const columns = heads.map((heading) => ({
    heading,
    align: ['value', 'its value', 'ratio'].includes(heading) ? ('right' as const) : ('left' as const),
  }));
  const number = (value: number | undefined) => (value === undefined ? '' : String(Number(value.toPrecision(4))));
  return formatTable(
    columns,
    list.map((row) => [
      ...[row.what, number(row.value), row.unit],
      ...[row.peer ?? '', number(row.peerValue), row.ratio === undefined ? '' : `${row.ratio.toFixed(2)} x`],
    ]),
  );
}
