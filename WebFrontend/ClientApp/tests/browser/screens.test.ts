import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { openBrowser, openScene, serveDemo } from './harness'

/** Pictures, when a folder is given: `SCREENS=../../docs/screens [SCENES=idle,call] npm run test:browser -- screens`. */
const folder = resolve(process.env['SCREENS'] ?? '.')
const wanted = process.env['SCENES']?.split(',')
const scenes = ['signedOut', 'idle', 'arm', 'incoming', 'incomingOnCall', 'call', 'outgoing', 'two', 'many', 'transferPicker', 'consulting', 'transferring', 'notTransferred', 'backFrom', 'callElsewhere', 'conference', 'fullConference', 'consultingForConference', 'parked', 'keys', 'disconnected', 'soundLost', 'denied', 'otherTab', 'dnd', 'contacts', 'history', 'settings', 'empty', 'requirements']
const widths = [[390, 844], [1_024, 768], [1_600, 900]] as const
const looks = [['light', 'en'], ['dark', 'en'], ['light', 'ar']] as const
const inArabic = ['call', 'settings', 'transferPicker', 'consulting', 'conference', 'keys', 'parked']

describe('screens', { timeout: 180_000 }, () => {
  let demo: Awaited<ReturnType<typeof serveDemo>>
  let context: BrowserContext
  beforeAll(async () => {
    demo = await serveDemo()
    context = await openBrowser({ autoplay: true })
    mkdirSync(folder, { recursive: true })
  })
  afterAll(async () => {
    await context.close()
    demo.close()
  })
  for (const scene of scenes.filter((name) => wanted?.includes(name) ?? true)) {
    it(`of ${scene}`, async () => {
      for (const [theme, language] of looks) {
        if (language === 'ar' && !inArabic.includes(scene)) continue
        const { page } = await openScene(context, demo.url, scene, `&theme=${theme}&lang=${language}`)
        for (const [width, height] of widths) {
          await page.setViewportSize({ width, height })
          await page.waitForTimeout(350)
          const name = `${scene}-${width}-${theme}${language === 'ar' ? '-rtl' : ''}`
          const tools = await context.newCDPSession(page)
          const { data } = await tools.send('Page.captureScreenshot', { format: 'webp', quality: 82 })
          writeFileSync(resolve(folder, `${name}.webp`), Buffer.from(data, 'base64'))
          await tools.detach()
        }
        await page.close()
      }
    })
  }
})
