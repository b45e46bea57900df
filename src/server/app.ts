import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { version } from '../support/version.ts';
import { LoadError, RequestError } from './engine.ts';
import { addHealth } from './health.ts';
import { addHostCheck } from './hosts.ts';
import { type KeyRing, readKeys } from './keys.ts';
import { addLibreTranslate } from './libretranslate.ts';
import { addPage } from './page.ts';
import { messageFor, Refusal } from './refusal.ts';
import type { Service } from './service.ts';
import { addV1 } from './v1.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no key. */
    open?: boolean;
  }
  interface FastifyRequest {
    /** The name of the request's key. */
    keyName: string | undefined;
  }
}

/** The maximum bytes of a character in JSON, escaped as \uXXXX, and room for the rest of a request. */
const BYTES_A_CHARACTER = 6;
const ROOM = 2 ** 16;

/** Milliseconds a client may take to send a request. */
const SENDING = 30_000;

/** The server's routes and rules; it does not listen yet. @throws InputError for an invalid file of keys */
export async function createApp(service: Service): Promise<FastifyInstance> {
  const { options, metrics } = service;
  const app = fastify({
    bodyLimit: options.maxCharacters * BYTES_A_CHARACTER + ROOM,
    requestTimeout: SENDING,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    // no type conversion, and unknown fields are rejected, not dropped
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    schemaErrorFormatter: refusalOf,
    // Fastify's log has clients' addresses and paths: ours is below
    logger: false,
  });
  app.removeContentTypeParser('text/plain');
  addRules(app, service);
  addHostCheck(app, options);
  await app.register(cors, {
    origin: options.cors.includes('*') ? '*' : options.cors.length > 0 ? [...options.cors] : false,
    maxAge: 3600,
  });
  addKeys(app, options.keys === undefined ? undefined : readKeys(options.keys));
  if (options.rateLimit > 0) {
    await app.register(rateLimit, {
      max: options.rateLimit,
      timeWindow: '1 minute',
      hook: 'preHandler',
      keyGenerator: ({ keyName, ip }) => keyName ?? ip,
      allowList: ({ routeOptions }) => routeOptions.config?.open === true,
      errorResponseBuilder: (_, { after }) => new Refusal(429, `too many requests: try again in ${after}`),
    });
  }
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'attn', version, description: 'Translation with models that attn trained' },
      ...(options.keys !== undefined && {
        components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
        security: [{ key: [] }],
      }),
    },
  });
  await app.register(async (scope) => {
    // the files of a page are public
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, open: true };
    });
    await scope.register(swaggerUi, { routePrefix: '/docs' });
    await addPage(scope, options.maxBeam);
  });
  addHealth(app, service);
  addV1(app, service);
  await app.register((scope) => addLibreTranslate(scope, service));
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.answered(route, reply.statusCode, reply.elapsedTime / 1000);
    if (!options.logRequests) return;
    const { method } = request;
    service.log(
      `${new Date().toISOString()} ${method} ${route} ${reply.statusCode} ${reply.elapsedTime.toFixed(0)} ms`,
    );
  });
  return app;
}

/** Describes what a schema found wrong with a request. */
function refusalOf(errors: NonNullable<FastifyError['validation']>, place: string): Refusal {
  const [first] = errors;
  const { instancePath = '', keyword, message, params = {} } = first ?? {};
  if (errors.some((error) => error.keyword === 'oneOf')) return new Refusal(400, 'give either text or texts');
  const { additionalProperty, allowedValues } = params;
  const named = typeof additionalProperty === 'string' ? `: '${additionalProperty.slice(0, 100)}'` : '';
  const values = Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : '';
  const tooLong = keyword === 'maxLength' && instancePath.startsWith('/text');
  return new Refusal(tooLong ? 413 : 400, `${place}${instancePath}: ${message}${named}${values}`);
}

/** Error responses, also for methods that a path does not support. */
function addRules(app: FastifyInstance, service: Service): void {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    for (const one of [method].flat()) known.add(one);
    methods.set(url, known);
  });
  const notFound = (request: FastifyRequest, reply: FastifyReply) => {
    const allowed = methods.get(request.url.split('?')[0] as string);
    if (allowed === undefined) return reply.code(404).send({ error: 'there is nothing at this path: /docs lists all' });
    const list = [...allowed].join(', ');
    return reply
      .code(405)
      .header('allow', list)
      .send({ error: `this path accepts ${list}` });
  };
  app.setNotFoundHandler(notFound);
  app.setErrorHandler((error: FastifyError | Error, request, reply) => {
    // whatever is wrong with the body of a method that a path does not have
    if (request.is404) return notFound(request, reply);
    if (error instanceof RequestError) return reply.code(409).send({ error: messageFor(error) });
    const status = 'statusCode' in error && error.statusCode !== undefined ? error.statusCode : 500;
    if (error instanceof Refusal && error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter);
    if (error instanceof Refusal || (status >= 400 && status < 500)) {
      return reply.code(status).send({ error: error.message });
    }
    service.log(
      `${request.method} ${request.routeOptions.url}: ${error instanceof LoadError ? error.message : error.stack}`,
    );
    return reply.code(error instanceof LoadError ? 503 : 500).send({ error: messageFor(error) });
  });
}

/** With keys, every request needs one, except on open routes. */
function addKeys(app: FastifyInstance, keys: KeyRing | undefined): void {
  app.decorateRequest('keyName', undefined);
  if (keys === undefined) return;
  app.addHook('preValidation', async (request, reply) => {
    if (request.routeOptions.config.open === true || request.is404) return;
    const given = keyOf(request);
    request.keyName = given === undefined ? undefined : keys(given);
    if (request.keyName !== undefined) return;
    reply.header('www-authenticate', 'Bearer');
    throw new Refusal(
      401,
      given === undefined ? 'this server needs an API key: Authorization: Bearer KEY' : 'no such API key',
    );
  });
}

/** The key of a request: in its header or, as LibreTranslate's clients send it, in its body or query. */
function keyOf({ headers, body, query }: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  for (const place of [body, query]) {
    const key = (place as { api_key?: unknown } | null | undefined)?.api_key;
    if (typeof key === 'string' && key !== '') return key;
  }
  return undefined;
}
