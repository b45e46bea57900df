/** Prepended by the export: a name for this edition of the page, and the files to keep at once. */
declare const kept: { readonly name: string; readonly files: readonly string[] };

/** The parts of a service worker's environment that are missing from TypeScript's types for pages. */
interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asking extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
declare const clients: { claim(): Promise<void> };
declare const registration: { readonly scope: string };
declare function skipWaiting(): Promise<void>;

/** Other attn pages on the same server have their own caches. */
const own = `attn ${registration.scope} `;
const edition = own + kept.name;

addEventListener('install', (event) => {
  (event as Waiting).waitUntil(
    caches
      .open(edition)
      .then((cache) => cache.addAll(kept.files.map((file) => new Request(file, { cache: 'no-cache' }))))
      .then(skipWaiting),
  );
});

addEventListener('activate', (event) => {
  (event as Waiting).waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(own) && name !== edition))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => clients.claim()),
  );
});

addEventListener('fetch', (event) => {
  const { request } = event as Asking;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  (event as Asking).respondWith(answer(request));
});

/** From the cache, else from the network; a model is then kept. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(edition);
  const found = await cache.match(request, { ignoreSearch: true });
  if (found) return found;
  const response = await fetch(request);
  // without room for it in the cache it still translates
  if (response.ok && request.url.endsWith('.safetensors')) await cache.put(request, response.clone()).catch(() => {});
  return response;
}
