import { fileURLToPath } from 'node:url';

/** The built page, for `attn serve` and `attn export --web`; dist/ is beside src/, so the path is valid from both. */
export const pageFolder = fileURLToPath(new URL('../../dist/web', import.meta.url));
