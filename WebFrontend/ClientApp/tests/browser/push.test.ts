import type { BrowserContext, Page, Worker } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasApp, hasChromium, limits, openBrowser, serveApp, type Asked } from './harness'

const caller = { name: 'Clara Moreau', number: '103' }

/** What of a service worker's scope is used here. */
interface Scope {
  readonly registration: ServiceWorkerRegistration
  readonly PushManager: { readonly prototype: { subscribe(options: { applicationServerKey: string }): Promise<unknown> } }
  readonly Clients: { readonly prototype: { openWindow(url: string): Promise<null> } }
  readonly NotificationEvent: new (type: string, init: { notification: Notification }) => Event
  opened?: string
  dispatchEvent(event: Event): boolean
}

/** 65 bytes, as a key of a server is. */
const serverKey = `B${'A'.repeat(86)}`
const account = {
  user: '101@demo.example', extension: '101', name: 'Ada Lindqvist', tenant: { name: 'Demo', domain: 'demo.example' }, settings: { language: 'en', theme: 'light', notifications: true },
  callerIds: [], hasWebphone: true, signOutMinutes: null,
}

interface Shown {
  readonly title: string
  readonly body: string
  readonly tag: string
}

/** What the service worker makes of a push, delivered by the browser itself. */
describe.skipIf(!hasChromium || !hasApp)('P22 a push in Chromium', () => {
  let app: Awaited<ReturnType<typeof serveApp>>
  let signedIn = false
  const asked: Asked[] = []
  let context: BrowserContext
  let worker: Worker
  let page: Page
  let push: (message: unknown) => Promise<void>

  beforeAll(async () => {
    app = await serveApp((request) => {
      asked.push(request)
      if (request.path.startsWith('/api/push/')) return { publicKey: serverKey }
      return signedIn ? (request.path === '/api/me' ? account : { entries: [], more: false, enabled: false, recoveryCodes: 0 }) : null
    })
    context = await openBrowser()
    page = await context.newPage()
    const tools = await context.newCDPSession(page)
    const registered = new Promise<string>((resolve) => {
      tools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
        const active = versions.find((version) => version.status === 'activated')
        if (active !== undefined) resolve(active.registrationId)
      })
    })
    await tools.send('ServiceWorker.enable')
    await page.goto(`${app.url}/webphone/login`)
    const registrationId = await registered
    worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
    push = async (message) => {
      await tools.send('ServiceWorker.deliverPushMessage', { origin: app.url, registrationId, data: typeof message === 'string' ? message : JSON.stringify(message) })
    }
  })
  afterAll(async () => {
    await context.close()
    app.close()
  })
  beforeEach(async () => {
    await page.goto('about:blank')
    await worker.evaluate(async () => {
      for (const shown of await (globalThis as unknown as Scope).registration.getNotifications()) shown.close()
    })
  })

  const shown = (): Promise<Shown[]> =>
    worker.evaluate(async () => (await (globalThis as unknown as Scope).registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag })))

  it('shows who calls, and a missed call in its place when they give up', async () => {
    await push({ kind: 'ring', leg: 'leg-1', caller, missed: false })
    await expect.poll(shown, limits).toEqual([{ title: 'Clara Moreau', body: 'Incoming call', tag: 'leg-1' }])
    await push({ kind: 'end', leg: 'leg-1', caller, missed: true })
    await expect.poll(shown, limits).toEqual([{ title: 'Clara Moreau', body: 'Missed call', tag: 'leg-1' }])
  })

  it('takes the notification back when the call was answered elsewhere', async () => {
    await push({ kind: 'ring', leg: 'leg-2', caller: { name: '', number: '103' }, missed: false })
    await expect.poll(shown, limits).toEqual([{ title: '103', body: 'Incoming call', tag: 'leg-2' }])
    await push({ kind: 'end', leg: 'leg-2', caller, missed: false })
    await expect.poll(shown, limits).toEqual([])
  })

  it('leaves the call to a page that is in front', async () => {
    await page.goto(`${app.url}/webphone/login`)
    await push({ kind: 'ring', leg: 'leg-3', caller, missed: false })
    await push({ kind: 'end', leg: 'leg-3', caller, missed: false })
    await page.goto('about:blank')
    await push({ kind: 'ring', leg: 'leg-4', caller, missed: false })
    await expect.poll(async () => (await shown()).map(({ tag }) => tag), limits).toEqual(['leg-4'])
  })

  it('opens the app, woken, when its notification is clicked and no page is open', async () => {
    await push({ kind: 'ring', leg: 'leg-5', caller, missed: false })
    await expect.poll(async () => (await shown()).length, limits).toBe(1)
    await worker.evaluate(async () => {
      const scope = globalThis as unknown as Scope
      scope.Clients.prototype.openWindow = (url) => {
        scope.opened = url
        return Promise.resolve(null)
      }
      const [notification] = await scope.registration.getNotifications()
      if (notification !== undefined) scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }))
    })
    await expect.poll(() => worker.evaluate(() => (globalThis as unknown as Scope).opened), limits).toBe('/webphone?woken')
    await expect.poll(shown, limits).toEqual([])
  })

  it('lets the server know of another subscription that the push service gave', async () => {
    await worker.evaluate(() => {
      const scope = globalThis as unknown as Scope
      scope.PushManager.prototype.subscribe = (options) => Promise.resolve({ toJSON: () => ({ endpoint: `https://push.example/${options.applicationServerKey.length}`, keys: { p256dh: 'key', auth: 'secret' } }) })
      scope.dispatchEvent(new Event('pushsubscriptionchange'))
    })
    await expect.poll(() => asked.filter(({ path, method }) => path === '/api/push/subscription' && method === 'POST').map(({ ours, body }) => ({ ours, body: JSON.parse(body) as unknown })), limits)
      .toEqual([{ ours: true, body: { endpoint: `https://push.example/${serverKey.length}`, p256dh: 'key', auth: 'secret' } }])
  })

  it('is switched on and off in the settings, and the server is told', async () => {
    signedIn = true
    const settings = await context.newPage()
    await settings.addInitScript(() => {
      let known: unknown = null
      PushManager.prototype.getSubscription = () => Promise.resolve(known as PushSubscription | null)
      PushManager.prototype.subscribe = (options) => {
        const given = options?.applicationServerKey as string
        const bytes = Uint8Array.from(atob(given.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
        known = {
          endpoint: 'https://push.example/page', options: { applicationServerKey: bytes.buffer }, toJSON: () => ({ endpoint: 'https://push.example/page', keys: { p256dh: 'key', auth: 'secret' } }),
          unsubscribe: () => {
            known = null
            return Promise.resolve(true)
          },
        }
        return Promise.resolve(known as PushSubscription)
      }
    })
    await settings.goto(`${app.url}/webphone/settings`)
    const told = (method: string): Asked[] => asked.filter((request) => request.path.startsWith('/api/push/subscription') && request.method === method && (request.body + request.path).includes('page'))
    const ring = settings.getByRole('switch', { name: 'Ring when Webphone is closed' })
    await ring.click(limits)
    await settings.getByRole('switch', { name: 'Ring when Webphone is closed', checked: true }).waitFor(limits)
    await expect.poll(() => told('POST').map(({ body }) => JSON.parse(body) as { session: string })[0]?.session, limits).toMatch(/^[0-9a-f]{32}$/)
    await ring.click()
    await settings.getByRole('switch', { name: 'Ring when Webphone is closed', checked: false }).waitFor(limits)
    await expect.poll(() => told('DELETE'), limits).toHaveLength(1)
    await settings.close()
    signedIn = false
  })

  it('shows a call of somebody unknown for a message that it does not understand', async () => {
    await push('not json')
    await expect.poll(shown, limits).toEqual([{ title: 'Unknown number', body: 'Incoming call', tag: 'call' }])
  })
})
