import { z } from 'zod';

/**
 * A zod schema as the JSON schema with which Fastify validates, and which the OpenAPI page shows.
 * @param io `input` for requests, in which fields with a default may be left out
 */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'output'): Record<string, unknown> {
  const { $schema, ...made } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io,
    override: ({ jsonSchema: part }) => {
      delete part.readOnly;
    },
  });
  return made;
}
