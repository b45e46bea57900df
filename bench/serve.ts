// Requests per second and waiting times of `attn serve` under 1, 8 and 64 clients, each of which sends one sentence of the
// built-in test set after the other: with requests translated together, and with one at a time. The model is the run in
// checkpoints/ (or the folder in ATTN_RUN).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { meantRuns } from '../src/checkpoints/find-runs.ts';
import { embeddedCorpus } from '../src/corpus/embedded.ts';
import type { Benchmark, BenchRow } from './row.ts';

const CLIENTS = [1, 8, 64] as const;
/** Seconds of each measurement, and of the requests before it, which compile what it needs. */
const MEASURED = 4;
const WARMING = 3;

const ways = {
  together: [],
  'one at a time': ['--batch', '1', '--window', '0'],
} as const;

interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export const run: Benchmark = async () => {
  const path = process.env.ATTN_RUN ?? meantRuns('checkpoints').paths[0];
  const sentences = readFileSync(join(embeddedCorpus, 'test.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0] as string);
  // both at once, and in turns: what else the machine does slows both down alike
  const servers = await Promise.all(
    Object.entries(ways).map(async ([name, flags]) => ({ name, ...(await startServer(path, flags)) })),
  );
  const rows: BenchRow[] = [];
  for (const beam of [5, 1]) {
    const found = new Map<string, Load>();
    for (const clients of CLIENTS) {
      for (const seconds of [WARMING, MEASURED]) {
        for (const { name, url } of servers) {
          found.set(`${name} ${clients}`, await send({ url, sentences, beam, clients, seconds }));
        }
      }
    }
    for (const clients of CLIENTS) {
      const ours = found.get(`together ${clients}`) as Load;
      const alone = found.get(`one at a time ${clients}`) as Load;
      const row = (what: string, unit: string, value: number, peerValue: number, ratio: number): BenchRow => ({
        ...{ what: `beam ${beam}, ${clients} clients: ${what}`, unit, value },
        ...{ peer: 'one at a time', peerValue, ratio },
      });
      rows.push(row('requests', 'requests/s', ours.perSecond, alone.perSecond, ours.perSecond / alone.perSecond));
      rows.push(row('median', 'ms', ours.p50, alone.p50, alone.p50 / ours.p50));
      rows.push(row('99 of 100 within', 'ms', ours.p99, alone.p99, alone.p99 / ours.p99));
    }
  }
  for (const { close } of servers) await close();
  return rows;
};

/** A server as a process of its own, so that the clients do not slow it down more than they must. */
async function startServer(path: string, flags: readonly string[]) {
  const program = fileURLToPath(new URL('../scripts/attn.mjs', import.meta.url));
  const words = [program, 'serve', path, '--port', '0', '--quiet', ...flags];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  while (!(await fetch(`${url}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    url,
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

interface Sending {
  readonly url: string;
  readonly sentences: readonly string[];
  readonly beam: number;
  readonly clients: number;
  readonly seconds: number;
}

/** @throws Error where any request was refused */
async function send({ url, sentences, beam, clients, seconds }: Sending): Promise<Load> {
  const requests = sentences.map((text) => ({
    ...{ method: 'POST' as const, path: '/v1/translate', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ text, beam }),
  }));
  let client = 0;
  const result = await autocannon({
    ...{ url, connections: clients, duration: seconds, timeout: 30 },
    // each client begins elsewhere
    setupClient(one) {
      const start = Math.floor((client++ * requests.length) / clients);
      one.setRequests([...requests.slice(start), ...requests.slice(0, start)]);
    },
  });
  const { requests: answered, latency, non2xx, errors } = result;
  if (non2xx + errors > 0) throw new Error(`${non2xx} requests were refused, ${errors} failed`);
  return { perSecond: answered.total / result.duration, p50: latency.p50, p99: latency.p99 };
}
