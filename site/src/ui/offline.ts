/** Keep the site for use without a network. */

/** Register the service worker; where there is none, the site just needs its network. */
export function keepOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  void navigator.serviceWorker.register(new URL("./sw.js", document.baseURI)).catch(() => {});
}
