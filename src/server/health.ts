import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refusal } from './refusal.ts';
import { jsonSchema } from './schema.ts';
import type { Service } from './service.ts';
import { failuresOf } from './v1.ts';

const ok = { 200: jsonSchema(z.object({ status: z.literal('ok') })) };

/** Routes for supervisors and Prometheus: `/healthz`, `/readyz`, `/metrics`. */
export function addHealth(app: FastifyInstance, service: Service): void {
  const tags = ['health'];
  const config = { open: true };
  app.get('/healthz', { config, schema: { summary: 'Whether the server runs', tags, response: ok } }, async () => ({
    status: 'ok',
  }));
  app.get(
    '/readyz',
    { config, schema: { summary: 'Whether it can translate', tags, response: { ...ok, ...failuresOf([503]) } } },
    async () => {
      if (service.ready()) return { status: 'ok' };
      throw new Refusal(503, 'the model is still loading, or the server is stopping', { retryAfter: 1 });
    },
  );
  const text = {
    200: { content: { [service.metrics.contentType.split(';')[0] as string]: { schema: { type: 'string' } } } },
  };
  app.get(
    '/metrics',
    {
      schema: { summary: "Figures in Prometheus' text format", tags, response: { ...text, ...failuresOf([401, 429]) } },
    },
    async (_, reply) => reply.type(service.metrics.contentType).send(await service.metrics.text()),
  );
}
