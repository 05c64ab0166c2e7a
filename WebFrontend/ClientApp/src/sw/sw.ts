/// <reference lib="webworker" />
import { callerOf, callText } from './texts'

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
  readonly missed?: boolean
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
  const text = callText(self.navigator.language)
  const title = callerOf(message.caller, text)
  const look = { tag, icon: '/icons/icon-192.png', badge: '/icons/icon-192.png' }
  const windows = await self.clients.matchAll({ type: 'window' })
  // A page that is in front shows the call itself.
  const isInFront = windows.some((client) => client.visibilityState === 'visible')
  if (message.kind === undefined || message.kind === 'ring') {
    if (!isInFront) await self.registration.showNotification(title, { ...look, body: text.incoming, requireInteraction: true })
  } else if (message.missed === true && !isInFront) {
    await self.registration.showNotification(title, { ...look, body: text.missed, silent: true })
  } else {
    for (const shown of await self.registration.getNotifications({ tag })) shown.close()
  }
}

/** The push service gave this browser another subscription. */
self.addEventListener('pushsubscriptionchange', (event) => (event as ExtendableEvent).waitUntil(subscribeAgain()))

async function subscribeAgain(): Promise<void> {
  const { publicKey } = (await (await fetch('/api/push/key')).json()) as { publicKey: string | null }
  if (publicKey === null) return
  const { endpoint, keys } = (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })).toJSON()
  await fetch('/api/push/subscription', {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Webphone': '1' }, body: JSON.stringify({ endpoint, ...keys }),
  })
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(show())
})

async function show(): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const open = windows.find((client) => new URL(client.url).pathname.startsWith(page))
  if (open === undefined) await self.clients.openWindow(`${page}?woken`)
  else await open.focus()
}
