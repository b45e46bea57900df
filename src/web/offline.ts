import { byId } from '../reports/page/dom.js';

/** Keeps the page for use without a network, where the browser can, and says so once it is kept. */
export async function keepForOffline(): Promise<void> {
  try {
    await navigator.serviceWorker.register(new URL('service-worker.js', import.meta.url));
    await navigator.serviceWorker.ready;
    byId('offline').hidden = false;
  } catch {
    // a private window, or a server without TLS: the page works all the same, with a network
  }
}
