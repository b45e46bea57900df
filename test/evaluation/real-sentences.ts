import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const folder = new URL('../../../shared/corpora/tatoeba-ita-eng/', import.meta.url);

/** The English sides of the leak-free Tatoeba test split (2,339 sentences), or undefined without ../shared/corpora. */
export function realSentences(): string[] | undefined {
  if (!existsSync(folder)) return undefined;
  const pairs = gunzipSync(readFileSync(new URL('ita.txt.gz', folder)))
    .toString('utf8')
    .split('\n');
  const lines = readFileSync(new URL('test.lines', folder), 'utf8').trim().split('\n');
  return lines.map((line) => pairs[Number(line) - 1]!.split('\t')[0]!);
}
