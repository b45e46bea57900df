import { writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { parentPort, workerData } from 'node:worker_threads';
import { CALLS, type Meeting, STEP, type WatchMessage, type WatchSettings } from './heartbeat.ts';

// The thread of a worker that shows the others that it is alive, and watches them: the first worker watches all others,
// the others watch the first.

const { rank, names, silence, stalled, state, local, token } = workerData as WatchSettings;
const port = parentPort;

/**
 * Milliseconds between two signs of life, and from the end of a connection to the conclusion that its worker is lost.
 */
const BEAT = 1000;
const LAST_WORDS = 3000;

/** What is known about a worker. */
interface Known {
  /** Milliseconds since the start of this process when it was last heard, and when it last made progress. */
  heard: number;
  moved: number;
  calls: number;
  step: number;
  left: boolean;
}

const known = new Map<number, Known>();
const sockets = new Set<Socket>();
let over = false;

function lose(who: number, how: string): void {
  if (over || known.get(who)?.left === true) return;
  over = true;
  const step = known.get(who)?.step ?? 0;
  const text = `attn: ${names[who]} ${how}; it had made ${step} updates. All workers are ended; what was saved is intact\n`;
  try {
    writeSync(2, text);
  } catch {}
  port?.postMessage({ lost: text } satisfies WatchMessage);
}

/** Reads a worker's messages: lines with its calls and updates, finally `bye`. */
function listen(socket: Socket, who: number): void {
  const now = performance.now();
  const worker: Known = { heard: now, moved: now, calls: 0, step: 0, left: false };
  known.set(who, worker);
  socket.on('data', () => {
    worker.heard = performance.now();
  });
  socket.once('close', () => setTimeout(() => lose(who, 'has ended without a word'), LAST_WORDS));
}

function hear(who: number, line: string): void {
  const worker = known.get(who);
  if (worker === undefined) return;
  if (line === 'bye') {
    worker.left = true;
    return;
  }
  const [calls = 0, step = 0] = line.split(' ').map(Number);
  if (calls !== worker.calls) worker.moved = performance.now();
  Object.assign(worker, { calls, step });
}

function take(socket: Socket): void {
  sockets.add(socket);
  socket.setNoDelay(true);
  // its `close` follows
  socket.on('error', () => {});
  socket.once('close', () => sockets.delete(socket));
}

function serve(): void {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    // a stranger gets a moment to send the token, and is told nothing
    const stranger = setTimeout(() => socket.destroy(), 10 * BEAT);
    let who: number | undefined;
    createInterface({ input: socket })
      .on('line', (line) => {
        if (who !== undefined) return hear(who, line);
        const [word, number] = line.split(' ');
        if (word !== token || !(Number(number) > 0 && Number(number) < names.length)) {
          socket.destroy();
          return;
        }
        clearTimeout(stranger);
        who = Number(number);
        take(socket);
        listen(socket, who);
      })
      .on('error', () => {});
  });
  server.listen(0, local ? '127.0.0.1' : undefined, () => {
    const address = server.address();
    port?.postMessage({
      port: typeof address === 'object' && address !== null ? address.port : 0,
    } satisfies WatchMessage);
  });
  port?.on('message', () => end(() => server.close()));
}

async function visit({ hosts, port: number, token: word }: Meeting): Promise<void> {
  for (const host of hosts) {
    const socket = await opened(host, number);
    if (socket === undefined) continue;
    take(socket);
    socket.write(`${word} ${rank}\n`);
    listen(socket, 0);
    createInterface({ input: socket })
      .on('line', (line) => hear(0, line))
      .on('error', () => {});
    return;
  }
  writeSync(
    2,
    `attn: ${names[rank]} cannot reach ${names[0]} (${hosts.join(', ')}, port ${number}): they do not watch each other\n`,
  );
}

function opened(host: string, number: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: number, timeout: 5 * BEAT });
    const failed = () => {
      socket.destroy();
      resolve(undefined);
    };
    socket.once('error', failed).once('timeout', failed);
    socket.once('connect', () => {
      socket.off('error', failed).off('timeout', failed).setTimeout(0);
      resolve(socket);
    });
  });
}

function end(last: () => void): void {
  over = true;
  clearInterval(timer);
  for (const socket of sockets) socket.end('bye\n');
  last();
}

let before = performance.now();
const timer = setInterval(() => {
  const now = performance.now();
  // this thread itself was suspended: first read what others have sent meanwhile
  const kept = now - before > silence * BEAT;
  before = now;
  if (kept) for (const worker of known.values()) worker.heard = now;
  const line = `${Atomics.load(state, CALLS)} ${Atomics.load(state, STEP)}\n`;
  for (const socket of sockets) socket.write(line);
  for (const [who, { heard }] of known) {
    if (now - heard > silence * BEAT) lose(who, `has been silent for ${silence} s`);
  }
  if (rank === 0) findStalled(now);
}, BEAT);

/** A worker that is alive but makes no progress, while all others wait for it: their count of started calls is odd. */
function findStalled(now: number): void {
  const own = { calls: Atomics.load(state, CALLS) };
  const others = [...known].filter(([, { left }]) => !left);
  const busy = others.filter(([, { calls }]) => calls % 2 === 0);
  const [only] = busy;
  if (own.calls % 2 === 0 || busy.length !== 1 || only === undefined) return;
  if (now - only[1].moved > stalled * BEAT) lose(only[0], `has held up the others for ${stalled} s`);
}

if (rank === 0) serve();
else {
  port?.on('message', (message: Meeting | 'bye') => {
    if (message === 'bye') end(() => {});
    else void visit(message);
  });
}
