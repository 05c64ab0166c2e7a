import type { BrowserContext, Page, Worker } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasApp, hasChromium, openBrowser, serveApp } from './harness'

const limits = { timeout: 15_000 }
const caller = { name: 'Clara Moreau', number: '103' }

/** What of a service worker's scope is used here. */
interface Scope {
  readonly registration: ServiceWorkerRegistration
}

interface Shown {
  readonly title: string
  readonly body: string
  readonly tag: string
}

/** What the service worker makes of a push, delivered by the browser itself. */
describe.skipIf(!hasChromium || !hasApp)('P22 a push in Chromium', () => {
  let app: Awaited<ReturnType<typeof serveApp>>
  let context: BrowserContext
  let worker: Worker
  let page: Page
  let push: (message: unknown) => Promise<void>

  beforeAll(async () => {
    app = await serveApp()
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

  it('shows a call of somebody unknown for a message that it does not understand', async () => {
    await push('not json')
    await expect.poll(shown, limits).toEqual([{ title: 'Unknown number', body: 'Incoming call', tag: 'call' }])
  })
})
