// Requests for the campaign against `attn serve`: from well-formed ones to bytes that are no HTTP at all.
import { Random } from '../src/support/random.ts';

/** A request as bytes, how it is sent, and the statuses it may be answered with. */
export interface FuzzRequest {
  readonly kind: string;
  readonly bytes: Buffer;
  /** How the client behaves: sends all at once, in small parts, leaves before all is sent, or before it has read the answer. */
  readonly manner: 'whole' | 'slow' | 'cut' | 'deaf';
  /** Undefined: whatever, or an end of the connection. */
  readonly statuses?: readonly number[];
}

/** Accepted, or turned away for now. */
const BUSY = [503];
const words = [
  'la casa è rossa',
  'la porta è nera e la mela è gialla',
  'Tom',
  '',
  ' ',
  '\n\n',
  '😀',
  '\ud800',
  '\u0000',
  '<br>',
  '<b>la mela</b>',
  'a'.repeat(700),
];

/** The request of a number: the same one every time. */
export function fuzzRequest(number: number): FuzzRequest {
  const random = new Random('serve', number);
  const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)] as T;
  const text = () => Array.from({ length: 1 + random.integer(4) }, () => pick(words)).join(pick([' ', '. ', '\n']));
  const kind = pick([
    'good',
    'good',
    'form',
    'lines',
    'odd value',
    'odd field',
    'bytes',
    'headers',
    'size',
    'not http',
    'gone',
  ] as const);
  const path = pick(['/v1/translate', '/translate', '/detect']);
  const good = () =>
    path === '/v1/translate' ? v1Body() : { q: text(), source: 'it', target: 'en', format: pick(['text', 'html']) };
  const v1Body = () => ({
    [random.integer(2) === 0 ? 'text' : 'texts']: undefined,
    ...(random.integer(2) === 0 ? { text: text() } : { texts: [text(), text()] }),
    beam: 1 + random.integer(3),
    attention: random.integer(2) === 0,
    ...(random.integer(4) === 0 && { nbest: 1 + random.integer(4) }),
    ...(random.integer(8) === 0 && { sample: true, seed: random.integer(5) }),
  });
  const manner = pick(['whole', 'whole', 'whole', 'whole', 'slow', 'cut', 'deaf'] as const);
  const json = (body: unknown, headers: Record<string, string> = {}) =>
    http('POST', path, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));
  switch (kind) {
    case 'good':
      return { kind, manner, bytes: json(good()), statuses: [200, ...BUSY] };
    case 'lines':
      return { kind, manner, bytes: json(good(), { accept: 'application/x-ndjson' }), statuses: [200, ...BUSY] };
    case 'form': {
      const form = new URLSearchParams({ q: text(), source: 'it', target: 'en' }).toString();
      const statuses = path === '/v1/translate' ? [415] : [200, ...BUSY];
      return {
        kind,
        manner,
        bytes: http('POST', path, { 'content-type': 'application/x-www-form-urlencoded' }, form),
        statuses,
      };
    }
    case 'odd value': {
      const body: Record<string, unknown> = { ...good() };
      const key = pick(Object.keys(body));
      body[key] = pick([
        null,
        [],
        {},
        -1,
        1e308,
        0.5,
        '1',
        true,
        [[]],
        { a: 1 },
        [null],
        'x'.repeat(5000),
        Array(2000).fill('a'),
      ]);
      return { kind, manner, bytes: json(body), statuses: [200, 400, 409, 413, ...BUSY] };
    }
    case 'odd field':
      return {
        ...{ kind, manner, statuses: [200, 400, 413, ...BUSY] },
        bytes: http(
          'POST',
          path,
          { 'content-type': 'application/json' },
          pick([
            '{"__proto__":{"text":"a"},"text":"a"}',
            '{"constructor":{"prototype":{"x":1}},"q":"a"}',
            `${'['.repeat(5000)}${']'.repeat(5000)}`,
            '{"text":"a","text":"b"}',
            '{"text":1e999}',
            '{"toString":1}',
            '"text"',
            'null',
            '0',
            '[]',
            '{}',
          ]),
        ),
      };
    case 'bytes': {
      const bytes = Buffer.from(JSON.stringify(good()));
      for (let i = 0; i < 1 + random.integer(6) && bytes.length > 0; i++)
        bytes[random.integer(bytes.length)] = random.integer(256);
      return {
        kind,
        manner,
        bytes: http('POST', path, { 'content-type': 'application/json' }, bytes),
        statuses: [200, 400, 409, 413, ...BUSY],
      };
    }
    case 'headers': {
      const headers = pick<Record<string, string>>([
        { 'content-type': 'text/plain' },
        { 'content-type': '' },
        { 'content-type': 'application/json; charset=utf-16' },
        { 'content-type': 'x/y'.repeat(50) },
        { accept: ',;q=,*/*;,'.repeat(100), 'content-type': 'application/json' },
        { authorization: 'Bearer '.repeat(500), 'content-type': 'application/json' },
        { 'x-long': 'a'.repeat(20_000), 'content-type': 'application/json' },
        { expect: '100-continue', 'content-type': 'application/json' },
        { 'content-encoding': 'gzip', 'content-type': 'application/json' },
        { origin: '\u00ff\u00fe', 'content-type': 'application/json' },
      ]);
      return {
        kind,
        manner,
        bytes: http(
          pick(['POST', 'PUT', 'GET', 'DELETE', 'OPTIONS', 'PATCH']),
          pick([
            path,
            `${path}?${'a=b&'.repeat(200)}`,
            `${path}/%00%zz`,
            '/../../etc/passwd',
            '/v1/models',
            '/metrics',
            '/docs/json',
          ]),
          headers,
          JSON.stringify(good()),
        ),
      };
    }
    case 'size': {
      const long = text().repeat(pick([1, 20, 2000]));
      const body = path === '/v1/translate' ? { text: long, beam: 1 } : { q: long, source: 'it', target: 'en' };
      return {
        kind,
        manner,
        bytes: json(body), // of a body that is too large the server reads no more: its answer can be lost with the connection
        statuses: [200, 413, 0, ...BUSY],
      };
    }
    case 'gone': {
      const body =
        path === '/v1/translate'
          ? { text: 'La casa è rossa. '.repeat(40), beam: 1 }
          : { q: 'La casa è rossa. '.repeat(40), source: 'it', target: 'en' };
      return { kind, manner: 'deaf', bytes: json(body, { accept: 'application/x-ndjson' }) };
    }
    case 'not http': {
      const bytes = Buffer.alloc(1 + random.integer(300));
      for (const i of bytes.keys()) bytes[i] = random.integer(256);
      const starts = [
        '',
        'POST /v1/translate HTTP/1.1\r\n',
        'GET / HTTP/9.9\r\n\r\n',
        'POST /translate HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n',
        'POST /translate HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
        'POST / HTTP/1.1\r\ncontent-length: 5\r\ncontent-length: 6\r\nhost: x\r\n\r\n',
      ];
      return { kind, manner, bytes: Buffer.concat([Buffer.from(pick(starts)), bytes]) };
    }
  }
}

function http(method: string, path: string, headers: Readonly<Record<string, string>>, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body as string);
  const lines = Object.entries({
    host: '127.0.0.1',
    connection: 'close',
    'content-length': String(bytes.length),
    ...headers,
  });
  const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}
