import type { FastifyReply } from 'fastify';
import { LoadError, RequestError } from './engine.ts';

/** A request that is answered with an error: its status, and when to try again. */
export class Refusal extends Error {
  readonly statusCode: number;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(statusCode: number, message: string, { retryAfter }: { readonly retryAfter?: number } = {}) {
    super(message);
    this.statusCode = statusCode;
    this.retryAfter = retryAfter;
  }
}

/** The error message for a client: other errors are only reported as such, without details. */
export function messageFor(error: unknown): string {
  if (error instanceof Refusal || error instanceof RequestError) return error.message;
  if (error instanceof LoadError) return 'the model cannot be loaded: the log of the server says why';
  return 'internal error: the log of the server says more';
}

/** The reason for cancelling a request: its client has gone. Nobody reads it. */
class ClientGone extends Refusal {
  constructor() {
    super(499, 'the client has closed the connection');
  }
}

/** Milliseconds for a client to read why its time is up, before the connection is cut. */
const GRACE = 1000;

/**
 * Aborted when nobody waits for a reply any more: the client has gone, or the time is up. A client that takes too long
 * to read its answer is cut off, because unread data takes memory.
 * @param seconds that a request may take
 */
export function patienceOf({ raw }: FastifyReply, seconds: number): AbortSignal {
  const patience = new AbortController();
  const timer = setTimeout(() => {
    const message = `not done after ${seconds} seconds: send less text, or try later`;
    patience.abort(new Refusal(503, message, { retryAfter: 1 }));
    const cut = setTimeout(() => raw.destroy(), GRACE);
    raw.once('close', () => clearTimeout(cut));
  }, seconds * 1000);
  raw.once('close', () => {
    clearTimeout(timer);
    if (!raw.writableFinished) patience.abort(new ClientGone());
  });
  if (raw.destroyed) patience.abort(new ClientGone());
  return patience.signal;
}
