import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { openBrowser, openScene, serveDemo } from './harness'

/** Pictures, when a folder is given: `SCREENS=<folder> [SCENES=idle,call] npm run test:browser -- screens`. */
const folder = process.env['SCREENS']
const wanted = process.env['SCENES']?.split(',')
const scenes = ['signedOut', 'idle', 'arm', 'incoming', 'incomingOnCall', 'call', 'outgoing', 'two', 'many', 'disconnected', 'soundLost', 'denied', 'otherTab', 'dnd', 'contacts', 'history', 'settings', 'empty', 'requirements']
const widths = [[390, 844], [1_024, 768], [1_600, 900]] as const
const looks = [['light', 'en'], ['dark', 'en'], ['light', 'ar']] as const

describe.skipIf(folder === undefined)('screens', () => {
  let demo: Awaited<ReturnType<typeof serveDemo>>
  let context: BrowserContext
  beforeAll(async () => {
    demo = await serveDemo()
    context = await openBrowser()
    mkdirSync(folder ?? '', { recursive: true })
  })
  afterAll(async () => {
    await context.close()
    demo.close()
  })
  for (const scene of scenes.filter((name) => wanted?.includes(name) ?? true)) {
    it(`of ${scene}`, async () => {
      for (const [theme, language] of looks) {
        const { page } = await openScene(context, demo.url, scene, `&theme=${theme}&lang=${language}`)
        for (const [width, height] of widths) {
          await page.setViewportSize({ width, height })
          await page.waitForTimeout(350)
          const name = `${scene}-${width}-${theme}${language === 'ar' ? '-rtl' : ''}`
          await page.screenshot({ path: join(folder ?? '', `${name}.png`), animations: 'disabled' })
        }
        await page.close()
      }
    })
  }
})
