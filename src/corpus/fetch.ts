import { existsSync, openSync, readFileSync, readSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../support/errors.ts';
import { writeFailure } from '../support/file-failures.ts';
import { closeQuietly, makeFolder, removeQuietly, writeFileAtomic } from '../support/files.ts';
import { type Download, type DownloadOptions, download } from './download.ts';
import { unzip } from './zip.ts';

/** A corpus that `attn data fetch` knows by name. */
export interface KnownCorpus {
  readonly url: string;
  /** The file to use among those unpacked. */
  readonly corpus: string;
  readonly columns: readonly string[];
  readonly licence: string;
}

export const knownCorpora: Readonly<Record<string, KnownCorpus>> = {
  tatoeba: {
    url: 'https://www.manythings.org/anki/ita-eng.zip',
    corpus: 'ita.txt',
    columns: ['en', 'it'],
    licence: 'sentences from tatoeba.org, CC-BY 2.0 FR: credit tatoeba.org if you pass them on',
  },
};

/** The content of `source.json` beside a fetched corpus. */
export interface FetchedCorpus {
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly files: readonly string[];
  readonly licence: string;
}

/** A corpus in its folder, fetched now or earlier. */
export interface Fetched extends FetchedCorpus {
  readonly folder: string;
  /** The file to continue with. */
  readonly corpus: string;
  readonly columns?: readonly string[];
  /** Undefined if it was already there. */
  readonly download?: Download;
}

/**
 * What a name or URL refers to.
 * @param mirror another server with the same layout, `http://127.0.0.1:8000`
 * @throws InputError for a word that is neither, and an invalid mirror URL
 */
export function locateCorpus(what: string, mirror?: string): { name: string; url: string; known?: KnownCorpus } {
  const known = knownCorpora[what];
  const address = known?.url ?? what;
  if (!isWebAddress(address)) {
    throw new InputError(`'${what}' is neither a known corpus nor a URL`, {
      remedy: `known corpora: ${Object.keys(knownCorpora).join(', ')}; or give an http(s) address`,
    });
  }
  if (mirror !== undefined && !isWebAddress(mirror)) {
    throw new InputError(`'${mirror}' is not an http(s) address`, {
      where: '--mirror',
      remedy: 'for instance http://127.0.0.1:8000',
    });
  }
  const { pathname, search } = new URL(address);
  const url = mirror === undefined ? address : new URL(pathname + search, mirror).href;
  const name = known ? what : fileName(url).replace(/(\.[a-z0-9]{1,4})+$/i, '');
  return { name: name || 'corpus', url, ...(known && { known }) };
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** The last part of a URL's path as a file name, reduced to characters that are safe in one. */
function fileName(url: string): string {
  return basename(new URL(url).pathname).replace(/[^\w.+-]|^\.+/g, '_') || 'corpus';
}

/**
 * Downloads a corpus into `folder`, unpacks it if it is a zip archive, and writes `source.json` with the URL, checksum
 * and licence. An existing corpus is not fetched again.
 * @returns undefined after an abort
 */
export async function fetchCorpus(
  { url, known }: { readonly url: string; readonly known?: KnownCorpus },
  folder: string,
  options: DownloadOptions = {},
): Promise<Fetched | undefined> {
  const note = join(folder, 'source.json');
  const there = readNote(note);
  if (there?.url === url && there.files.every((file) => existsSync(join(folder, file)))) {
    if (options.sha256 !== undefined && options.sha256.toLowerCase() !== there.sha256) {
      throw new InputError(`was fetched with the SHA-256 ${there.sha256}, not ${options.sha256}`, {
        where: folder,
        remedy: 'remove the folder to download it again',
      });
    }
    return located(there, folder, known);
  }
  try {
    makeFolder(folder);
  } catch (error) {
    throw writeFailure(folder, error);
  }
  const path = join(folder, fileName(url));
  const got = await download(url, path, options);
  if (got === undefined) return undefined;
  refuseNoCorpus(path, url);
  let files = [basename(path)];
  if (isZip(path)) {
    // a name that no unpacked file has
    const archive = join(folder, `.${basename(path)}`);
    renameSync(path, archive);
    files = await unzip(archive, folder, url).finally(() => removeQuietly(archive));
  }
  const licence = known?.licence ?? 'unknown: check its source before you pass it on';
  const fetched: FetchedCorpus = { url, sha256: got.sha256, bytes: got.bytes, files, licence };
  writeFileAtomic(note, `${JSON.stringify(fetched, null, 2)}\n`);
  return { ...located(fetched, folder, known), download: got };
}

function located(fetched: FetchedCorpus, folder: string, known: KnownCorpus | undefined): Fetched {
  const file = known && fetched.files.includes(known.corpus) ? known.corpus : fetched.files[0];
  if (file === undefined) throw new InputError('contains no file', { where: fetched.url });
  return { ...fetched, folder, corpus: join(folder, file), ...(known && { columns: known.columns }) };
}

function readNote(path: string): FetchedCorpus | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as Partial<FetchedCorpus>;
    return Array.isArray(note.files) && note.files.length > 0 ? (note as FetchedCorpus) : undefined;
  } catch {
    // Not one of our notes: the corpus is fetched again.
    return undefined;
  }
}

/** A server without the file may answer with nothing, or with a page that says so: neither is kept. */
function refuseNoCorpus(path: string, url: string): void {
  const head = beginningOf(path).toString('latin1');
  const isPage = /^(\xef\xbb\xbf)?\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b/is.test(head);
  if (head !== '' && !isPage) return;
  removeQuietly(path);
  throw new InputError(isPage ? 'is a web page, not a corpus' : 'the server sent an empty file', {
    where: url,
    remedy: 'give the address of the file itself; nothing was kept',
  });
}

function isZip(path: string): boolean {
  return beginningOf(path).toString('latin1').startsWith('PK\x03\x04');
}

function beginningOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(1024);
    return head.subarray(0, readSync(file, head));
  } finally {
    closeQuietly(file);
  }
}
