import { createWriteStream, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** What a server, or the way to it, did that another try may not meet. */
export class NetworkError extends Error {}

/** How many tries in a row may bring nothing, how long one may be silent, and the pause that grows between them (ms). */
const TRIES = 4;
const SILENCE = 60_000;
const PAUSE = 300;

/**
 * The address of a file in a package index.
 * @param {string} index the address of its simple pages
 * @throws {NetworkError} where the index does not answer, or does not have the file
 */
export async function findInIndex(index, project, file) {
  const page = `${index.replace(/\/*$/, '/')}${project}/`;
  const headers = { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5' };
  // once more, since the connection may be one that the server has closed meanwhile
  const response = await get(page, headers).catch(() => get(page, headers));
  const text = await response.text();
  const href = response.headers.get('content-type')?.includes('json')
    ? JSON.parse(text).files.find(({ filename }) => filename === file)?.url
    : [...text.matchAll(/href="([^"#]+)/g)]
        .map(([, link]) => link)
        .find((link) => decodeURI(link).endsWith(`/${file}`));
  if (href === undefined) throw new NetworkError(`the package index does not have ${file}`);
  return new URL(href, response.url).href;
}

/**
 * Downloads a file, going on after what is there of it already: from an earlier try, or an earlier process.
 * @param {number} size how many bytes it has; a server that sends more is not listened to any longer
 * @param {(bytes: number) => void} onProgress told how many are there
 * @throws {NetworkError} where the rest cannot be got; what is there stays
 */
export async function download(url, path, size, onProgress) {
  for (let idle = 0; sizeOf(path) !== size; ) {
    const before = sizeOf(path);
    if (before > size) rmSync(path);
    try {
      await append(url, path, size, onProgress);
      if (sizeOf(path) < size) throw new NetworkError(`${new URL(url).host} sent ${sizeOf(path)} of ${size} bytes`);
    } catch (error) {
      // a try that brought something does not count
      idle = sizeOf(path) > before ? 0 : idle + 1;
      if (!(error instanceof NetworkError) || idle === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, idle * PAUSE));
    }
  }
}

async function append(url, path, size, onProgress) {
  const have = sizeOf(path);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE);
  try {
    const response = await get(url, have > 0 ? { range: `bytes=${have}-` } : {}, silence.signal);
    // a server that cannot go on begins again
    let done = response.status === 206 ? have : 0;
    const flags = done > 0 ? 'a' : 'w';
    const chunks = async function* () {
      try {
        for await (const chunk of response.body) {
          timer.refresh();
          yield chunk.subarray(0, size - done);
          done = Math.min(size, done + chunk.length);
          onProgress(done);
          if (done === size) return;
        }
      } catch (error) {
        throw networkError(url, error);
      }
    };
    await pipeline(chunks, createWriteStream(path, { flags }));
  } finally {
    clearTimeout(timer);
  }
}

async function get(url, headers, signal = AbortSignal.timeout(SILENCE)) {
  let response;
  try {
    response = await fetch(url, { headers, signal });
  } catch (error) {
    throw networkError(url, error);
  }
  if (!response.ok) throw new NetworkError(`${new URL(url).host} answers ${response.status} ${response.statusText}`);
  return response;
}

function networkError(url, error) {
  const { code, message } = error.cause ?? error;
  return new NetworkError(`no connection to ${new URL(url).host} (${code ?? message})`);
}

function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
