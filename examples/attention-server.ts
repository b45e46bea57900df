// A web server that draws where the model looked: http://localhost:8080/?text=Ho+fame.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { loadTranslator } from 'attn';
import { attentionMatrix, renderAttention } from 'attn/attention';

const { values, positionals } = parseArgs({ options: { port: { type: 'string' } }, allowPositionals: true });
const [model = 'example/model'] = positionals;
const translator = await loadTranslator(model);

const server = createServer(async (request, response) => {
  const text = new URL(request.url ?? '', 'http://localhost').searchParams.get('text') ?? '';
  try {
    const [translation] = await translator.translate([text.slice(0, 500)]);
    const matrix = translation && attentionMatrix(translation);
    if (matrix === undefined) {
      response
        .writeHead(404, { 'content-type': 'text/plain' })
        .end('nothing to draw: give ?text=, and a model with attention\n');
      return;
    }
    const svg = renderAttention(matrix, 'svg', { title: matrix.text.hypothesis });
    response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(svg);
  } catch (error) {
    console.error(error);
    response.writeHead(500, { 'content-type': 'text/plain' }).end('translation failed\n');
  }
});
server.listen(Number(values.port ?? 8080), '127.0.0.1', () => console.log(JSON.stringify(server.address())));
process.once('SIGINT', async () => {
  server.close();
  await translator.close();
});
