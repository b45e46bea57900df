// npm run campaign -- serve --inputs 100000: odd requests and odd clients for a server of its own on the loopback interface.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { writeToyRun } from '../test/decoding/toy-run.ts';
import { Pauses } from './pauses.ts';
import { type FuzzRequest, fuzzRequest } from './serve-requests.ts';

/** Clients at a time. */
const CLIENTS = 16;
/** Milliseconds after which an answer is given up: longer than a server takes to cut a connection. */
const PATIENCE = 60_000;

/** What a campaign found. */
export interface ServeResult {
  readonly requests: number;
  /** How many were answered with each status; 0: the connection ended without one. */
  readonly statuses: ReadonlyMap<number, number>;
  /** What was wrong: an unexpected status, no answer, or a server that is not as it was. */
  readonly findings: readonly string[];
  /** Requests that were sent again, because this process stood still while their answer was awaited. */
  readonly again: number;
}

/** A server as a process of its own, with a tiny model. */
export interface OwnServer {
  readonly url: string;
  /** Bytes that the process holds in memory. */
  memory(): number;
  /** @throws Error where it did not end as a server that is told to stop */
  close(): Promise<void>;
}

/** Starts one, whose model ends its translations soon. @param flags of `attn serve` */
export async function startServer(flags: readonly string[] = []): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'attn-serve-'));
  const languages = { source: 'it', target: 'en' };
  const run = await writeToyRun(join(folder, 'dot'), { languages, likes: { 3: 6 } });
  const program = fileURLToPath(new URL('../test/helpers/attn.ts', import.meta.url));
  const words = ['--import', import.meta.resolve('tsx'), program, 'serve', run, '--port', '0', '--quiet', ...flags];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  while (!(await fetch(`${url}/readyz`)).ok) await wait(100);
  return {
    url,
    memory: () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    async close() {
      child.kill('SIGTERM');
      const [code] = await ended;
      rmSync(folder, { recursive: true, force: true });
      if (code !== 0) throw new Error(`the server ended with ${code}`);
    },
  };
}

/** Sends the requests `from` up to `to` to a server, some at a time. */
export async function fuzzServer(url: string, from: number, to: number): Promise<ServeResult> {
  const { port } = new URL(url);
  const statuses = new Map<number, number>();
  const findings: string[] = [];
  const before = await state(url);
  const pauses = new Pauses();
  let again = 0;
  let next = from;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (next < to) {
        const number = next++;
        const request = fuzzRequest(number);
        let start = performance.now();
        let status = await send(Number(port), request);
        while (problemOf(request, status) !== undefined && pauses.since(start)) {
          again++;
          start = performance.now();
          status = await send(Number(port), request);
        }
        const problem = problemOf(request, status);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (problem !== undefined) findings.push(`request ${number} (${request.kind}, ${request.manner}): ${problem}`);
      }
    }),
  );
  pauses.close();
  for (let tries = 0; tries < 500 && (await state(url)).waiting > 0; tries++) await wait(100);
  const after = await state(url);
  if (after.waiting > 0) findings.push(`${after.waiting} sentences wait that nobody waits for`);
  if (after.answer !== before.answer) findings.push(`the same sentence is now translated as ${after.answer}`);
  return { requests: to - from, statuses, findings, again };
}

function problemOf({ manner, statuses }: FuzzRequest, status: number): string | undefined {
  if (status === -1) return 'no answer';
  if (status === 500) return 'internal error';
  if (manner === 'cut' || manner === 'deaf' || statuses === undefined) return undefined;
  return statuses.includes(status) ? undefined : `status ${status}, not ${statuses.join(' or ')}`;
}

/** What a server is like from outside: a translation, and its queue. */
async function state(url: string): Promise<{ readonly answer: string; readonly waiting: number }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/translate`, { method: 'POST', headers, body: '{"text":"la casa è rossa"}' });
  const { texts } = (await response.json()) as { texts: string[] };
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return { answer: texts.join('\n'), waiting: Number(/^attn_queue_sentences (\d+)$/m.exec(metrics)?.[1] ?? -1) };
}

/** Sends a request in its manner. @returns the status of the answer; 0: the connection ended without one; -1: it did not end */
function send(port: number, { bytes, manner }: FuzzRequest): Promise<number> {
  return new Promise((resolve) => {
    let answer = '';
    let ended = false;
    const socket = connect(port, '127.0.0.1');
    const end = (status: number) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      socket.destroy();
      resolve(status);
    };
    const timer = setTimeout(() => end(-1), PATIENCE);
    const statusOf = () => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
    socket.on('error', () => end(statusOf()));
    socket.on('close', () => end(statusOf()));
    socket.on('data', (data) => {
      if (answer.length < 1000) answer += data.toString('latin1');
      if (manner === 'deaf') {
        socket.resetAndDestroy();
        end(statusOf());
      }
    });
    socket.on('connect', async () => {
      if (manner === 'cut') {
        socket.end(bytes.subarray(0, Math.floor(bytes.length / 2)));
        return;
      }
      if (manner === 'slow') {
        const part = Math.ceil(bytes.length / 5);
        for (let at = 0; at < bytes.length && !ended; at += part) {
          socket.write(bytes.subarray(at, at + part));
          await wait(2);
        }
      } else {
        socket.write(bytes);
      }
      // a request that is no HTTP may leave the server waiting for the rest
      if (!bytes.includes('\r\n\r\n')) socket.end();
    });
  });
}
