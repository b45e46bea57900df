// Builds dist/ from src/ if a source changed since the last build: `npm run build`, and `npm pack` before it packs.
import { fileURLToPath } from 'node:url';
import { buildSources } from './setup/build.mjs';

await buildSources(fileURLToPath(new URL('..', import.meta.url)));
