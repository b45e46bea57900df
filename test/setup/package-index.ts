import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file of a package. */
export interface IndexFile {
  readonly project: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** How an index answers a request for a file. */
export type Behaviour =
  | { readonly kind: 'serve' }
  /** Each answer breaks off after this many bytes. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Sends this many bytes, and then nothing more. */
  | { readonly kind: 'hang'; readonly after: number }
  /** Sends all of it, whichever part is requested. */
  | { readonly kind: 'whole' };

/** A package index on the loopback interface. */
export class PackageIndex {
  readonly #server = createServer((request, response) => this.#answer(request.url ?? '', request.headers, response));
  readonly #files: readonly IndexFile[];
  /** By file: how it differs from normal service. */
  readonly behaviour = new Map<string, Behaviour>();
  /** Instead of the files' own bytes. */
  readonly altered = new Map<string, Uint8Array>();
  /** Whether its pages are HTML, as with an old index, or missing. */
  pages: 'json' | 'html' | 'none' = 'json';
  /** Every requested file, with the range: `a.whl`, `a.whl bytes=100-`. */
  readonly asked: string[] = [];

  constructor(files: readonly IndexFile[]) {
    this.#files = files;
  }

  /** Starts to listen. @returns its address, in the form of PIP_INDEX_URL */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/simple`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(url: string, headers: { readonly range?: string | undefined }, response: ServerResponse): void {
    const [, folder, name = ''] = url.split('/');
    const files = this.#files.filter(({ project }) => project === name);
    if (folder === 'simple' && this.pages !== 'none' && files.length > 0) {
      this.#page(files, response);
      return;
    }
    const found = this.#files.find(({ file }) => folder === 'files' && file === name);
    if (found === undefined) {
      response.writeHead(404).end();
      return;
    }
    this.asked.push(headers.range === undefined ? name : `${name} ${headers.range}`);
    this.#send(name, this.altered.get(name) ?? found.bytes, headers.range, response);
  }

  #page(files: readonly IndexFile[], response: ServerResponse): void {
    const json = this.pages === 'json';
    response.writeHead(200, { 'content-type': json ? 'application/vnd.pypi.simple.v1+json' : 'text/html' });
    const links = files.map(({ file }) => ({ filename: file, url: `../../files/${file}` }));
    response.end(
      json
        ? JSON.stringify({ files: links })
        : links.map(({ filename, url }) => `<a href="${url}#sha256=0">${filename}</a><br>`).join('\n'),
    );
  }

  #send(name: string, bytes: Uint8Array, range: string | undefined, response: ServerResponse): void {
    const behaviour = this.behaviour.get(name) ?? { kind: 'serve' };
    const from = behaviour.kind === 'whole' ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length });
    if (behaviour.kind === 'serve' || behaviour.kind === 'whole') {
      response.end(rest);
      return;
    }
    response.write(rest.subarray(0, behaviour.after));
    // later, otherwise the written data would be lost with the connection
    if (behaviour.kind === 'cut') setTimeout(() => response.destroy(), 100);
  }
}
