/// <reference lib="webworker" />
import { callText } from './texts'

declare const self: ServiceWorkerGlobalScope

/** The files of the shell, written here by the build. */
const shell = '__SHELL__' as unknown as readonly string[]
const page = '/webphone'
const cacheName = `shell-${shell.join()}`

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([page, ...shell])))
  void self.skipWaiting()
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return
  if (event.request.mode === 'navigate' && (url.pathname === '/' || url.pathname.startsWith(page))) event.respondWith(fresh(event.request))
  else if (url.pathname.startsWith('/assets/')) event.respondWith(kept(event.request))
})

/** The page: from the server while there is one, else what was kept. */
async function fresh(request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    const known = await caches.match(page)
    if (known === undefined) throw error
    return known
  }
}

/** Files that are named by their content never change. */
async function kept(request: Request): Promise<Response> {
  const known = await caches.match(request)
  if (known !== undefined) return known
  const response = await fetch(request)
  if (response.ok) {
    const copy = response.clone()
    void caches.open(cacheName).then((cache) => cache.put(request, copy))
  }
  return response
}

/** What a push says: somebody calls, or does not any more. */
interface PushMessage {
  readonly kind?: string
  readonly leg?: string
  readonly caller?: { readonly name?: string; readonly number?: string }
}

self.addEventListener('push', (event) => event.waitUntil(pushed(read(event.data))))

function read(data: PushMessageData | null): PushMessage {
  try {
    return (data?.json() ?? {}) as PushMessage
  } catch {
    return {}
  }
}

async function pushed(message: PushMessage): Promise<void> {
  const tag = message.leg ?? 'call'
  if (message.kind !== undefined && message.kind !== 'ring') {
    for (const shown of await self.registration.getNotifications({ tag })) shown.close()
    return
  }
  const windows = await self.clients.matchAll({ type: 'window' })
  // A page that is in front shows the call itself.
  if (windows.some((client) => client.visibilityState === 'visible')) return
  const text = callText(self.navigator.language)
  await self.registration.showNotification(message.caller?.name || message.caller?.number || text.unknown, {
    body: text.incoming, tag, icon: '/icons/icon-192.png', badge: '/icons/icon-192.png', requireInteraction: true,
  })
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(show())
})

async function show(): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const open = windows.find((client) => new URL(client.url).pathname.startsWith(page))
  if (open === undefined) await self.clients.openWindow(page)
  else await open.focus()
}
