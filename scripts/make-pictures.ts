// Draws docs/pictures/attention-*.svg from the attention of trained models, which `attn translate --attention
// FILE.json` wrote beside them: node --import tsx scripts/make-pictures.ts
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderAttention } from '../src/reports/attention-files.ts';

const root = new URL('../', import.meta.url);

/** The pictures by their path from the project's root. */
export function attentionPictures(): Record<string, string> {
  const names = readdirSync(new URL('docs/pictures/', root)).filter((name) => /^attention-.*\.json$/.test(name));
  return Object.fromEntries(
    names.map((name) => {
      const attention = JSON.parse(readFileSync(new URL(`docs/pictures/${name}`, root), 'utf8'));
      const title = name.slice('attention-'.length, -'.json'.length);
      return [`docs/pictures/attention-${title}.svg`, String(renderAttention(attention, 'svg', { title }))];
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, svg] of Object.entries(attentionPictures())) writeFileSync(new URL(path, root), svg);
}
