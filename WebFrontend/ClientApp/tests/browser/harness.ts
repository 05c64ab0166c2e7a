import { mkdtempSync, readFileSync, existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'

const root = resolve(import.meta.dirname, '../../dist-demo')
const appRoot = resolve(import.meta.dirname, '../../dist')
const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.png': 'image/png', '.webmanifest': 'application/manifest+json' }

/** The policy that the server sends: what the app does must work under it. */
export const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

export const hasApp = existsSync(join(appRoot, 'sw.js'))

interface Served {
  readonly url: string
  close(): void
}

/** Serves the demonstration build as the server would serve the app. */
export const serveDemo = (): Promise<Served> => serve(root, 'demo.html')

export interface Asked {
  readonly method: string
  readonly path: string
  readonly ours: boolean
  readonly body: string
}

/** Gives what is sent as JSON; null for who is not signed in. */
export type Answer = (asked: Asked) => unknown

/** Serves the app itself; without answers it finds no server behind it: nobody is signed in. */
export const serveApp = (answer: Answer = () => null): Promise<Served> => serve(appRoot, 'index.html', answer)

async function serve(folder: string, page: string, answer: Answer = () => null): Promise<Served> {
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://local')
    if (pathname.startsWith('/api/')) {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const said = answer({ method: request.method ?? '', path: request.url ?? '', ours: request.headers['x-webphone'] !== undefined, body: Buffer.concat(parts).toString() })
        if (said === null) response.writeHead(401).end()
        else response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(said))
      })
      return
    }
    const file = join(folder, pathname)
    const found = pathname !== '/' && file.startsWith(folder) && extname(file) !== '' && existsSync(file)
    const sent = found ? file : join(folder, page)
    response.writeHead(200, { 'Content-Type': types[extname(sent)] ?? 'application/octet-stream', 'Content-Security-Policy': contentPolicy })
    response.end(readFileSync(sent))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

export const hasChromium = existsSync(chromiumPath)

export interface Looks {
  readonly width?: number
  readonly height?: number
  readonly microphone?: boolean
  /** The browser lets pages sound without a gesture. */
  readonly autoplay?: boolean
}

export async function openBrowser(looks: Looks = {}): Promise<BrowserContext> {
  return chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'webphone-browser-')), {
    executablePath: chromiumPath,
    headless: true,
    viewport: { width: looks.width ?? 1280, height: looks.height ?? 800 },
    permissions: looks.microphone === false ? [] : ['microphone', 'notifications'],
    args: [
      ...(looks.autoplay === true ? ['--autoplay-policy=no-user-gesture-required'] : []),
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--allow-loopback-in-peer-connection',
    ],
  })
}

/** A page without motion, whose errors and broken policies are kept. */
export async function openScene(context: BrowserContext, url: string, scene: string, more = ''): Promise<{ readonly page: Page; readonly problems: string[] }> {
  const page = await context.newPage()
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/.test(message.text())) problems.push(message.text())
  })
  const rests = restOf(page)
  await page.goto(`${url}${pathOf(scene)}?demo=${scene}${more}`)
  await page.waitForSelector(`html[data-demo="${scene}"]`)
  await page.waitForSelector('h1', { state: 'attached' })
  await rests()
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  return { page, problems }
}

/** Waits until a page has asked for nothing between two moments at which it had nothing to do: what it loads by and by is there. */
function restOf(page: Page): () => Promise<void> {
  let [asked, open] = [0, 0]
  page.on('request', () => {
    asked++
    open++
  })
  page.on('requestfinished', () => open--)
  page.on('requestfailed', () => open--)
  return async () => {
    for (let before = -1; before !== asked || open > 0; await new Promise((soon) => setTimeout(soon, 50))) {
      before = asked
      await page.evaluate(() => new Promise<void>((idle) => requestIdleCallback(() => idle())))
    }
  }
}

/** How long something may take on a machine that does everything at once. */
export const limits = { timeout: 30_000 }

export interface Scenes {
  readonly context: BrowserContext
  readonly open: (scene: string, more?: string) => Promise<Page>
}

/** One browser for the tests of a file, which `prepare` makes ready. Each scene is a page without motion, gone after its test, and none had a problem. */
export function useScenes(prepare: (context: BrowserContext) => Promise<void> = () => Promise.resolve()): Scenes {
  let demo: Served
  let context: BrowserContext
  const problems: string[][] = []
  beforeAll(async () => {
    demo = await serveDemo()
    context = await openBrowser()
    await prepare(context)
  })
  afterAll(async () => {
    await context.close()
    demo.close()
  })
  afterEach(async () => {
    for (const page of context.pages().slice(1)) await page.close()
    expect(problems.splice(0).flat()).toEqual([])
  })
  return {
    get context() {
      return context
    },
    open: async (scene, more = '') => {
      const opened = await openScene(context, demo.url, scene, more)
      problems.push(opened.problems)
      return opened.page
    },
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds on the page as it is (WCAG 2.2 AA). */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const runner = (globalThis as unknown as { axe: { run(options: unknown): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }).axe
    const result = await runner.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`).join(' | ').slice(0, 600)}`)
  })
}

function pathOf(scene: string): string {
  if (scene === 'settings' || scene === 'contacts' || scene === 'history' || scene === 'requirements' || scene === 'recover') return `/webphone/${scene}`
  if (scene === 'callElsewhere') return '/webphone/history'
  return scene === 'signedOut' ? '/webphone/login' : '/webphone'
}
