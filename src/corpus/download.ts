import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { InputError, RunError, systemCode } from '../support/errors.ts';
import { writeFailure } from '../support/file-failures.ts';
import { version } from '../support/version.ts';
import { checksumOf } from './bytes.ts';

/** The result of a download. */
export interface Download {
  readonly bytes: number;
  readonly sha256: string;
  /** How many bytes were already there from an earlier try. */
  readonly resumedAt: number;
}

/** How to download. */
export interface DownloadOptions {
  /** The checksum the file must have, in hex. */
  readonly sha256?: string | undefined;
  /** Called with the number of bytes received; `total` is undefined if the server does not say. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  /** Stops the download; what was received stays for the next try. */
  readonly signal?: AbortSignal;
  /** Seconds without a byte before giving up on the server; 60 by default. */
  readonly patience?: number;
}

const PATIENCE = 60;

/**
 * Downloads a URL to `path`. The bytes collect in `path.part`; when a try breaks off, the next continues from there, if
 * the server still has the same file (by its ETag or date).
 * @returns undefined after an abort
 * @throws RunError if the network or the server fails or the checksum differs, InputError for an invalid URL
 */
export async function download(
  url: string,
  path: string,
  options: DownloadOptions = {},
): Promise<Download | undefined> {
  const part = `${path}.part`;
  const note = `${path}.part.json`;
  const before = earlierTry(url, part, note);
  try {
    const wait = new Wait(options);
    try {
      const response = await request(url, before, wait);
      const resumedAt = response.status === 206 && before !== undefined ? before.bytes : 0;
      await receive(response, url, { part, note, resumedAt }, options, wait);
      return await accept(url, path, resumedAt, options);
    } finally {
      wait.end();
    }
  } catch (error) {
    if (options.signal?.aborted) return undefined;
    throw error;
  }
}

/** Accepts what was received if its checksum is right. */
async function accept(url: string, path: string, resumedAt: number, options: DownloadOptions): Promise<Download> {
  const part = `${path}.part`;
  const note = `${path}.part.json`;
  const bytes = statSync(part).size;
  const sha256 = checksumOf(part);
  if (options.sha256 !== undefined && sha256 !== options.sha256.toLowerCase()) {
    rmSync(part);
    rmSync(note, { force: true });
    throw new RunError(`the file has the SHA-256 ${sha256}, not ${options.sha256}`, {
      where: url,
      remedy: 'the file has changed or was damaged; it was not kept',
    });
  }
  renameSync(part, path);
  rmSync(note, { force: true });
  return { bytes, sha256, resumedAt };
}

/** A wait for a server that ends when the user aborts, or when nothing has arrived for too long. */
class Wait {
  readonly #patience: number;
  readonly #controller = new AbortController();
  readonly #user: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether the server was silent for too long. */
  expired = false;

  constructor({ patience = PATIENCE, signal }: DownloadOptions) {
    this.#patience = patience;
    this.#user = signal;
    if (signal?.aborted) this.#stop();
    signal?.addEventListener('abort', this.#stop);
    this.begin();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something arrived: the timeout starts again. */
  begin(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.expired = true;
      this.#stop();
    }, 1000 * this.#patience);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#user?.removeEventListener('abort', this.#stop);
  }

  /** `... for 60 s`, if the timeout ended the wait. */
  reason(): string | undefined {
    return this.expired ? `the server has sent nothing for ${this.#patience} s` : undefined;
  }

  readonly #stop = (): void => this.#controller.abort();
}

interface EarlierTry {
  readonly bytes: number;
  /** The ETag or date that tells the server whether its file is still the same. */
  readonly validator: string;
}

function earlierTry(url: string, part: string, note: string): EarlierTry | undefined {
  if (!existsSync(part) || !existsSync(note)) return undefined;
  const bytes = statSync(part).size;
  try {
    const known = JSON.parse(readFileSync(note, 'utf8')) as { url?: unknown; validator?: unknown };
    if (bytes > 0 && known.url === url && typeof known.validator === 'string') {
      return { bytes, validator: known.validator };
    }
  } catch (error) {
    // A note cut short by a crash does not count: the download starts again.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return undefined;
}

async function request(url: string, before: EarlierTry | undefined, wait: Wait): Promise<Response> {
  const headers = {
    'user-agent': `attn/${version}`,
    // With a compressed transfer, lengths and ranges would refer to something else.
    'accept-encoding': 'identity',
    ...(before && { range: `bytes=${before.bytes}-`, 'if-range': before.validator }),
  };
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: wait.signal });
    wait.begin();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const why = cause instanceof Error ? cause.message : error instanceof Error ? error.message : error;
    if (/redirect count/.test(String(why))) {
      throw new InputError('the server redirects endlessly', {
        where: url,
        remedy: 'check the address',
        cause: error,
      });
    }
    throw new RunError(wait.reason() ?? `cannot be reached (${systemCode(cause) ?? why})`, {
      where: url,
      remedy: 'check the network; or download it with a browser and name the file: attn data split --corpus FILE',
      cause: error,
    });
  }
  if (response.status === 416 && before !== undefined) {
    await response.body?.cancel();
    return request(url, undefined, wait);
  }
  if (response.ok && response.body !== null) return response;
  await response.body?.cancel();
  const message = `the server answers ${response.status} ${response.statusText}`.trim();
  throw response.status < 500 && response.status >= 400
    ? new InputError(message, { where: url, remedy: 'check the address' })
    : new RunError(message, { where: url, remedy: 'try again later' });
}

/** Appends a response's bytes to those that `part` has from an earlier try. */
async function receive(
  response: Response,
  url: string,
  to: { readonly part: string; readonly note: string; readonly resumedAt: number },
  { onProgress, signal }: DownloadOptions,
  wait: Wait,
): Promise<void> {
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const total = Number.isFinite(length) ? to.resumedAt + length : undefined;
  const validator = response.headers.get('etag') ?? response.headers.get('last-modified');
  let bytes = to.resumedAt;
  try {
    // A weak ETag does not promise the same bytes.
    if (validator !== null && !validator.startsWith('W/')) writeFileSync(to.note, JSON.stringify({ url, validator }));
    else rmSync(to.note, { force: true });
  } catch (error) {
    throw writeFailure(to.part, error);
  }
  const file = await open(to.part, to.resumedAt > 0 ? 'a' : 'w').catch((error) => {
    throw writeFailure(to.part, error);
  });
  try {
    for await (const chunk of bodyOf(response, url, wait, () => `${bytes} of ${total ?? '?'} bytes`)) {
      try {
        await file.writeFile(chunk);
      } catch (error) {
        rmSync(to.part, { force: true });
        rmSync(to.note, { force: true });
        throw writeFailure(to.part, error);
      }
      bytes += chunk.length;
      wait.begin();
      onProgress?.(bytes, total);
      if (signal?.aborted) throw signal.reason;
    }
    await file.sync();
  } finally {
    // its content was synced, or something else has failed
    await file.close().catch(() => {});
  }
  if (total !== undefined && bytes !== total) throw brokenOff(url, `${bytes} of ${total} bytes`);
}

async function* bodyOf(
  response: Response,
  url: string,
  wait: Wait,
  progress: () => string,
): AsyncGenerator<Uint8Array> {
  const reader = response.body!.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error) => {
        throw brokenOff(url, progress(), wait.reason(), error);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function brokenOff(url: string, progress: string, reason?: string, cause?: unknown): RunError {
  return new RunError(reason ? `${reason}, after ${progress}` : `the connection broke after ${progress}`, {
    where: url,
    remedy: 'run the same command again to continue',
    cause,
  });
}
