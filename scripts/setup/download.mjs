import { createWriteStream, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** A failure of the server or the network that may not happen at the next try. */
export class NetworkError extends Error {}

/**
 * How many consecutive tries may receive nothing, how long one may be silent, and the pause that grows between them
 * (ms).
 */
const TRIES = 4;
const SILENCE = 60_000;
const PAUSE = 300;

/**
 * The address of a file in a package index.
 * @param {string} index the address of its simple pages
 * @throws {NetworkError} if the index does not answer, or does not have the file
 */
export async function findInIndex(index, project, file) {
  const page = `${index.replace(/\/*$/, '/')}${project}/`;
  const headers = { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5' };
  // retried, because the server may have closed the connection meanwhile
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
 * Downloads a file, continuing after the part that is already there from an earlier try or process.
 * @param {number} size its number of bytes; a server that sends more is cut off
 * @param {(bytes: number) => void} onProgress called with the number of bytes received
 * @throws {NetworkError} if the rest cannot be fetched; what was received stays
 */
export async function download(url, path, size, onProgress) {
  for (let idle = 0; sizeOf(path) !== size; ) {
    const before = sizeOf(path);
    if (before > size) rmSync(path);
    try {
      await append(url, path, size, onProgress);
      if (sizeOf(path) < size) throw new NetworkError(`${new URL(url).host} sent ${sizeOf(path)} of ${size} bytes`);
    } catch (error) {
      // a try that received something does not count
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
    // a server that cannot continue starts again
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
