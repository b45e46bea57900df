import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { pageFolder } from '../workflows/page-folder.ts';

/**
 * Adds the page at `/`, which translates with this server's API; if it has not been built, a link to the API's page.
 * @param maxBeam the most translations of a sentence that the page may request
 */
export async function addPage(scope: FastifyInstance, maxBeam: number, folder = pageFolder): Promise<void> {
  const index = join(folder, 'index.html');
  if (!existsSync(index)) {
    scope.get('/', { schema: { hide: true } }, (_, reply) => reply.redirect('/docs'));
    return;
  }
  const html = readFileSync(index, 'utf8').replace(
    'data-translator="browser"',
    `data-translator="server" data-nbest="${maxBeam}"`,
  );
  scope.get('/', { schema: { hide: true } }, (_, reply) => reply.type('text/html; charset=utf-8').send(html));
  // files for translating in the browser are not needed
  const globIgnore = ['index.html', 'service-worker.js', 'worker.js', '*.wasm'];
  await scope.register(files, { root: folder, prefix: '/', wildcard: false, index: false, globIgnore });
}
