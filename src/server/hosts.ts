import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { ServerOptions } from './options.ts';
import { Refusal } from './refusal.ts';

/** Whether only programs on this computer can reach a host: `localhost`, `127.0.0.1`, `::1`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * Refuses requests that reached the loopback interface under the name of another host. A web page can have its own name
 * resolved to 127.0.0.1 (DNS rebinding); the browser then takes the server for a part of that site and lets the page
 * read its answers. With keys, or if everybody is allowed, there is nothing to protect.
 */
export function addHostCheck(app: FastifyInstance, { keys, public: open }: ServerOptions): void {
  if (keys !== undefined || open) return;
  app.addHook('onRequest', async ({ hostname }) => {
    const name = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
    // a request of HTTP/1.0 may name none; browsers always do
    if (name === '' || isLoopback(name) || name.endsWith('.localhost')) return;
    throw new Refusal(403, 'this server is for its own computer: localhost or 127.0.0.1; --public allows other names');
  });
}
