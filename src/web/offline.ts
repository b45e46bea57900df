import { byId } from '../reports/page/dom.js';

/** Keeps the page for offline use, if the browser can, and reports it when done. */
export async function keepForOffline(): Promise<void> {
  try {
    await navigator.serviceWorker.register(new URL('service-worker.js', import.meta.url));
    await navigator.serviceWorker.ready;
    byId('offline').hidden = false;
  } catch {
    // a private window, or a server without TLS: the page still works, with a network
  }
}
