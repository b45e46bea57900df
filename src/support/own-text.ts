import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomic } from './files.ts';

const SIGNATURE = /\n<!-- written by attn, and again at each change, unless you edit it \(([0-9a-f]{16})\) -->\n$/;

function sign(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Whether a Markdown file is as `writeOwnText` wrote it: not written by somebody else, and not edited since. */
export function isOwnText(path: string): boolean {
  if (!existsSync(path)) return false;
  const text = readFileSync(path, 'utf8');
  const match = SIGNATURE.exec(text);
  return match !== null && match[1] === sign(text.slice(0, match.index));
}

/**
 * Writes a Markdown file that people may edit. It carries its own hash; a file that was edited, or that attn did not
 * write, is left unchanged.
 * @returns whether it was written
 * @throws like `writeFileAtomic`
 */
export function writeOwnText(path: string, text: string): boolean {
  if (existsSync(path) && !isOwnText(path)) return false;
  writeFileAtomic(
    path,
    `${text}\n<!-- written by attn, and again at each change, unless you edit it (${sign(text)}) -->\n`,
  );
  return true;
}
