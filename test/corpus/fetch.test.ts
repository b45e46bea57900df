import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { download } from '../../src/corpus/download.ts';
import { RunError } from '../../src/support/errors.ts';
import { attn, filesIn, inventedPairs, rowsOf, temporaryFolder } from './helpers.ts';

const corpus = inventedPairs(400)
  .map(({ it, en }) => `${en}\t${it}\tCC-BY 2.0 (France) Attribution: nobody #1\n`)
  .join('');
const archive = Buffer.from(zipSync({ 'ita.txt': strToU8(corpus), '_about.txt': strToU8('About this corpus') }));
const checksum = createHash('sha256').update(archive).digest('hex');

/** The behaviour of the stand-in server, and the requests it received. */
interface Server {
  readonly origin: string;
  /** The `Range` header of each request. */
  readonly ranges: (string | undefined)[];
  body: Buffer;
  etag: string | undefined;
  /** Sends only this many bytes of the next answer, and waits for `hangUp`. */
  breakAfter: number | undefined;
  /** Breaks the waiting connection. */
  hangUp: () => void;
}

/** A server on loopback with the layout of the real one. */
async function serve(t: TestContext): Promise<Server> {
  const state: Server & { origin: string } = {
    ...{ origin: '', ranges: [], body: archive, etag: '"1"' },
    ...{ breakAfter: undefined, hangUp: () => {} },
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    state.ranges.push(request.headers.range);
    if (!['/anki/ita-eng.zip', '/corpus.tsv.gz'].includes(request.url ?? '')) {
      response.writeHead(request.url === '/busy' ? 503 : 404).end();
      return;
    }
    const { body, etag, breakAfter } = state;
    const same = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
    const start = same ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    if (start >= body.length) {
      response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
      return;
    }
    const rest = body.subarray(start);
    const headers = { 'content-length': rest.length, ...(etag && { etag }) };
    response.writeHead(start > 0 ? 206 : 200, headers);
    state.breakAfter = undefined;
    if (breakAfter === undefined) {
      response.end(rest);
    } else {
      state.hangUp = () => response.destroy();
      response.write(rest.subarray(0, breakAfter));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  state.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

test('tatoeba is fetched, checked, unpacked and ready to split, with its licence', async (t) => {
  const server = await serve(t);
  const folder = temporaryFolder(t);
  const out = join(folder, 'tatoeba');
  const words = ['data', 'fetch', 'tatoeba', '--mirror', server.origin, '--out', out];
  const { code, stdout, stderr } = await attn([...words, '--sha256', checksum.toUpperCase()]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(stdout.split('\n'), [join(out, 'ita.txt'), join(out, '_about.txt'), '']);
  assert.match(stderr, /licence: sentences from tatoeba\.org, CC-BY 2\.0 FR/);
  assert.ok(stderr.includes(`sha256: ${checksum}`));
  assert.deepEqual(filesIn(out), ['_about.txt', 'ita.txt', 'source.json']);
  assert.equal(readFileSync(join(out, 'ita.txt'), 'utf8'), corpus);
  const note = JSON.parse(readFileSync(join(out, 'source.json'), 'utf8'));
  assert.deepEqual(
    [note.url, note.sha256, note.bytes],
    [`${server.origin}/anki/ita-eng.zip`, checksum, archive.length],
  );
  const next = /next: attn (.*)/.exec(stderr)![1]!.replace('datasets/tatoeba', join(folder, 'split')).split(' ');
  assert.equal((await attn(next)).code, 0);
  assert.equal(rowsOf(join(folder, 'split', 'train.tsv'))[0]![0], inventedPairs(1)[0]!.it);
  const again = await attn(words);
  assert.match(again.stderr, /is already in /);
  assert.equal(server.ranges.length, 1);
});

/** A download whose connection breaks after 1000 bytes. */
async function breakOff(server: Server, path: string): Promise<void> {
  server.breakAfter = 1000;
  const broken = download(`${server.origin}/anki/ita-eng.zip`, path, { onProgress: () => server.hangUp() });
  await assert.rejects(broken, (error) => {
    assert.ok(error instanceof RunError, String(error));
    assert.match(error.message, new RegExp(`the connection broke after 1000 of ${server.body.length} bytes`));
    return true;
  });
  assert.equal(statSync(`${path}.part`).size, 1000);
}

test('an interrupted download continues where it stopped', async (t) => {
  const server = await serve(t);
  const folder = temporaryFolder(t);
  await breakOff(server, join(folder, 'ita-eng.zip'));
  const words = ['data', 'fetch', 'tatoeba', '--mirror', server.origin, '--out', folder, '--sha256', checksum];
  const whole = await attn(words);
  assert.equal(whole.code, 0, whole.stderr);
  assert.deepEqual(server.ranges, [undefined, 'bytes=1000-']);
  assert.deepEqual(filesIn(folder), ['_about.txt', 'ita.txt', 'source.json']);
});

test('a download starts again if the file has changed, has no ETag or date, or is shorter than what is there', async (t) => {
  const server = await serve(t);
  const url = `${server.origin}/anki/ita-eng.zip`;
  const changed = join(temporaryFolder(t), 'changed');
  await breakOff(server, changed);
  server.etag = '"2"';
  assert.deepEqual(await download(url, changed), { bytes: archive.length, sha256: checksum, resumedAt: 0 });
  const nameless = join(temporaryFolder(t), 'nameless');
  server.etag = undefined;
  await breakOff(server, nameless);
  assert.equal((await download(url, nameless))?.sha256, checksum);
  assert.equal(server.ranges.at(-1), undefined);
  const longer = join(temporaryFolder(t), 'longer');
  server.etag = '"3"';
  await breakOff(server, longer);
  writeFileSync(`${longer}.part`, Buffer.alloc(archive.length + 5));
  assert.equal((await download(url, longer))?.sha256, checksum);
});

test('a wrong checksum is a failed run and leaves nothing behind', async (t) => {
  const server = await serve(t);
  const folder = temporaryFolder(t);
  const words = ['data', 'fetch', 'tatoeba', '--mirror', server.origin, '--out', folder];
  const { code, stderr } = await attn([...words, '--sha256', '0'.repeat(64)]);
  assert.equal(code, 1);
  assert.ok(stderr.includes(`the file has the SHA-256 ${checksum}, not 000`), stderr);
  assert.deepEqual(filesIn(folder), []);
});

test('an archive may contain a file of its own name', async (t) => {
  const server = await serve(t);
  server.body = Buffer.from(zipSync({ 'ita-eng.zip': strToU8(corpus) }));
  const folder = temporaryFolder(t);
  const { code, stdout, stderr } = await attn(['data', 'fetch', `${server.origin}/anki/ita-eng.zip`, '--out', folder]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, `${join(folder, 'ita-eng.zip')}\n`);
  assert.equal(readFileSync(join(folder, 'ita-eng.zip'), 'utf8'), corpus);
  assert.deepEqual(filesIn(folder), ['ita-eng.zip', 'source.json']);
});

test('a file that is not an archive is kept unchanged', async (t) => {
  const server = await serve(t);
  server.body = gzipSync(corpus);
  const folder = temporaryFolder(t);
  const { code, stdout } = await attn(['data', 'fetch', `${server.origin}/corpus.tsv.gz`, '--out', folder, '--json']);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout).files, ['corpus.tsv.gz']);
  assert.equal(statSync(join(folder, 'corpus.tsv.gz')).size, server.body.length);
});

test('a damaged archive, a missing file, a busy and an absent server, and invalid addresses have different errors', async (t) => {
  const server = await serve(t);
  const folder = temporaryFolder(t);
  const fetch = async (what: string, code: number) => {
    const outcome = await attn(['data', 'fetch', what, '--out', folder]);
    assert.equal(outcome.code, code, outcome.stderr);
    return outcome.stderr;
  };
  assert.match(await fetch(`${server.origin}/none.zip`, 2), /the server answers 404 Not Found/);
  assert.match(await fetch(`${server.origin}/busy`, 1), /the server answers 503 Service Unavailable/);
  assert.match(await fetch('http://127.0.0.1:9/a.zip', 1), /cannot be reached/);
  assert.match(await fetch('tatoebba', 2), /neither a known corpus nor a URL\n {2}known corpora: tatoeba/);
  assert.match(await fetch('file:///etc/hosts', 2), /neither a known corpus nor a URL/);
  for (const mirror of ['localhost:8000', 'nowhere']) {
    const { code, stderr } = await attn(['data', 'fetch', 'tatoeba', '--mirror', mirror, '--out', folder]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, new RegExp(`--mirror: '${mirror}' is not an http\\(s\\) address\\n {2}for instance http:`));
  }
  server.body = archive.subarray(0, archive.length - 30);
  assert.match(await fetch(`${server.origin}/anki/ita-eng.zip`, 2), /is not a zip archive, or is damaged/);
  assert.deepEqual(filesIn(folder), []);
});

test('an interrupted download keeps what it has', async (t) => {
  const server = await serve(t);
  server.body = Buffer.alloc(4_000_000, 7);
  const path = join(temporaryFolder(t), 'a.bin');
  const stop = new AbortController();
  const url = `${server.origin}/anki/ita-eng.zip`;
  const stopped = await download(url, path, { signal: stop.signal, onProgress: () => stop.abort() });
  assert.equal(stopped, undefined);
  const there = statSync(`${path}.part`).size;
  assert.ok(there > 0 && there < server.body.length, String(there));
  assert.equal((await download(url, path))?.resumedAt, there);
  assert.deepEqual(readFileSync(path), server.body);
});

/** A server on loopback that answers as specified. */
async function stubborn(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a silent server, or one that stops in the middle, is given up; what was received is kept for the next try', async (t) => {
  const origin = await stubborn(t, (request, response) => {
    if (request.url === '/middle') {
      response.writeHead(200, { 'content-length': 100, etag: '"1"' });
      response.write('ten bytes.');
    }
  });
  const path = join(temporaryFolder(t), 'a');
  await assert.rejects(download(`${origin}/silent`, path, { patience: 0.2 }), (error) => {
    assert.ok(error instanceof RunError, String(error));
    assert.match(error.describe(), /silent: the server has sent nothing for 0\.2 s\n {2}check the network/);
    return true;
  });
  await assert.rejects(download(`${origin}/middle`, path, { patience: 0.2 }), (error) => {
    assert.ok(error instanceof RunError, String(error));
    assert.match(error.describe(), /sent nothing for 0\.2 s, after 10 of 100 bytes\n {2}run the same command again/);
    return true;
  });
  assert.equal(readFileSync(`${path}.part`, 'utf8'), 'ten bytes.');
});

test('endless redirects, a web page, an empty answer and names with control characters are not accepted as a corpus', async (t) => {
  const hostile = zipSync({ 'a\u001b]0;title\u0007.txt': strToU8('a\tb\n') });
  const origin = await stubborn(t, ({ url }, response) => {
    if (url?.startsWith('/round')) response.writeHead(302, { location: `/round${Math.random()}` }).end();
    else if (url === '/page.tsv') response.end('\n<!-- 404 -->\n<!DOCTYPE html><html><body>Not here</body></html>');
    else if (url === '/zip') response.end(Buffer.from(hostile));
    else response.end();
  });
  const folder = temporaryFolder(t);
  for (const [path, message] of [
    ['round', /the server redirects endlessly\n {2}check the address/],
    ['page.tsv', /page\.tsv: is a web page, not a corpus\n {2}give the address of the file itself/],
    ['empty.tsv', /empty\.tsv: the server sent an empty file\n/],
    ['zip', /has a file with an unusable name, "a\\u001b\]0;title/],
  ] as const) {
    const { code, stderr } = await attn(['data', 'fetch', `${origin}/${path}`, '--out', folder]);
    assert.match(stderr, message);
    assert.equal(code, 2, path);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's codes are control characters
    assert.doesNotMatch(stderr, /\u001b|\u0007/);
  }
  assert.deepEqual(filesIn(folder), []);
});
