import { join } from 'node:path';
import cliProgress from 'cli-progress';
import { z } from 'zod';
import { fetchCorpus, locateCorpus } from '../../corpus/fetch.ts';
import { shellWord } from '../../support/shell.ts';
import { type Context, defineCommand } from '../command.ts';

export const dataFetch = defineCommand({
  name: 'data fetch',
  summary: 'download a corpus, with its licence and checksum',
  arguments: [{ name: '<what>', description: 'tatoeba, or the http(s) address of a zip archive or a file' }],
  options: z.object({
    out: z.string().optional().describe('output folder; default: corpora/NAME'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, 'must be 64 hex digits')
      .optional()
      .describe('the expected SHA-256'),
    mirror: z.string().optional().describe('another server with the same layout, http://HOST:PORT'),
  }),
  json: true,
  handlesInterrupt: true,
  examples: ['attn data fetch tatoeba', 'attn data fetch https://example.org/corpus.tsv.gz --out corpora/mine'],
  async run(options, [what = ''], context) {
    const place = locateCorpus(what, options.mirror);
    const folder = options.out ?? join('corpora', place.name);
    if (context.stderr.isTTY !== true) context.say(`fetching ${place.url}`);
    const progress = progressBar(context);
    const fetched = await fetchCorpus(place, folder, {
      sha256: options.sha256,
      onProgress: progress.update,
      signal: context.signal,
    }).finally(progress.stop);
    if (fetched === undefined) {
      context.say('stopped; run the same command again to continue');
      return;
    }
    const { download } = fetched;
    const resumed =
      download && download.resumedAt > 0 ? `, the first ${megabytes(download.resumedAt)} downloaded before` : '';
    context.say(
      download
        ? `${place.url}: ${megabytes(download.bytes)}${resumed}`
        : `${place.url} is already in ${folder}; remove the folder to download it again`,
    );
    context.say(`sha256: ${fetched.sha256}`);
    context.say(`licence: ${fetched.licence}`);
    if (context.json) context.print(JSON.stringify(fetched));
    else for (const file of fetched.files) context.print(join(folder, file));
    const columns = fetched.columns ? ` --columns ${fetched.columns.join(',')}` : '';
    context.say(`next: attn data split --corpus ${shellWord(fetched.corpus)}${columns} --out datasets/${place.name}`);
  },
});

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A progress bar on a terminal; elsewhere nothing. */
function progressBar(context: Context): { update: (bytes: number, total?: number) => void; stop: () => void } {
  if (context.quiet || !context.stderr.isTTY) return { update: () => {}, stop: () => {} };
  let bar: cliProgress.SingleBar | undefined;
  return {
    update(bytes, total) {
      if (bar === undefined) {
        const known = total === undefined ? '{value} bytes' : '{bar} {percentage} % of {size}, {eta_formatted} left';
        bar = new cliProgress.SingleBar({
          format: `  ${known}`,
          stream: context.stderr as NodeJS.WriteStream,
          hideCursor: true,
        });
        bar.start(total ?? 0, bytes, { size: megabytes(total ?? 0) });
      }
      bar.update(bytes);
    },
    stop: () => bar?.stop(),
  };
}
