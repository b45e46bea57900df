import { z } from 'zod';
import { deviceOption } from '../config/device.ts';
import { precisionOption } from '../config/precision.ts';

const count = z.number().int().positive();

/** The options of `attn serve`. */
export const serverOptions = {
  host: z
    .string()
    .default('127.0.0.1')
    .describe('address to listen on; one that others can reach needs --keys or --public'),
  port: z.number().int().min(0).max(65_535).default(5000).describe('port to listen on; 0: any free one'),
  keys: z.string().optional().describe('file of API keys, a name and a key on each line; with it, requests need one'),
  public: z
    .boolean()
    .default(false)
    .describe('serve addresses that others can reach, and requests that name any host, without keys'),
  rateLimit: z
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe('requests per minute for each key, or for each address if there are no keys; 0: no limit'),
  cors: z
    .array(z.string())
    .default([])
    .describe('origins whose pages may call the server from a browser, separated by commas; *: all'),
  maxCharacters: count.max(1_000_000).default(20_000).describe('maximum characters in a request'),
  maxBeam: count.max(100).default(10).describe('maximum beam of a request'),
  queue: count.max(1_000_000).default(2000).describe('maximum number of waiting sentences; further requests get 503'),
  timeout: z.number().positive().max(3600).default(30).describe('seconds after which a request gets 503'),
  window: z
    .number()
    .nonnegative()
    .max(1000)
    .default(2)
    .describe('milliseconds that a sentence waits for others to share its batch if the server is idle'),
  batch: count.max(4096).default(64).describe('maximum sentences translated together'),
  maxLoaded: count
    .max(1000)
    .default(4)
    .describe('maximum models in memory; the least recently used one is removed first'),
  logRequests: z
    .boolean()
    .default(false)
    .describe('write a line for each request to standard error: time, path, status, milliseconds; never texts'),
  precision: precisionOption,
  device: deviceOption,
};

/** The options of a server. */
export type ServerOptions = z.output<z.ZodObject<typeof serverOptions>>;
