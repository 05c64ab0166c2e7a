import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { openBrowser, openScene, serveDemo } from './harness'

/** Pictures, when a folder is given: `SCREENS=../../docs/screens [SCENES=idle,call] npm run test:browser -- screens`. */
const folder = resolve(process.env['SCREENS'] ?? '.')
const wanted = process.env['SCENES']?.split(',')
const scenes = ['signedOut', 'idle', 'arm', 'incoming', 'incomingOnCall', 'call', 'recorded', 'outgoing', 'two', 'many', 'transferPicker', 'consulting', 'transferring', 'notTransferred', 'backFrom', 'callElsewhere', 'conference', 'fullConference', 'consultingForConference', 'parked', 'keys', 'disconnected', 'soundLost', 'soundBlocked', 'selfCheck', 'selfCheckBlocked', 'push', 'secondFactor', 'recoveryCodes', 'code', 'recover', 'recoverHelp', 'noPhone', 'denied', 'otherTab', 'dnd', 'contacts', 'history', 'settings', 'empty', 'requirements']
const widths = [[390, 844], [1_024, 768], [1_600, 900]] as const
const looks = [['light', 'en'], ['dark', 'en'], ['light', 'ar']] as const
const inArabic = ['call', 'code', 'secondFactor', 'selfCheck', 'settings', 'transferPicker', 'consulting', 'conference', 'keys', 'parked']

/** What comes after some steps on the page of another scene. */
const steps: Readonly<Record<string, { readonly scene: string; readonly more?: string; take(page: Page): Promise<void> }>> = {
  code: {
    scene: 'signedOut',
    take: async (page) => {
      await page.locator('input[name=username]').fill('101@demo.example')
      await page.locator('input[name=password]').fill('demo-code')
      await page.keyboard.press('Enter')
      await page.locator('input[autocomplete="one-time-code"]').waitFor()
    },
  },
  secondFactor: { scene: 'settings', take: enrol },
  recoveryCodes: {
    scene: 'settings',
    take: async (page) => {
      await enrol(page)
      await page.locator('input[autocomplete="one-time-code"]').fill('123456')
      await page.keyboard.press('Enter')
      await page.getByText('ABCD-EFGH-IJKL-MNOJ').scrollIntoViewIfNeeded()
    },
  },
  push: {
    scene: 'settings',
    take: async (page) => {
      await page.evaluate(() => (globalThis as unknown as { demo: { push: { set(state: string): void } } }).demo.push.set('on'))
      await page.getByRole('switch', { name: /closed|مغلق/ }).evaluate((element) => element.scrollIntoView({ block: 'center' }))
    },
  },
  recover: { scene: 'recover', more: '#a-token', take: async (page) => page.locator('input[autocomplete="new-password"]').fill('a long new password') },
  recoverHelp: { scene: 'recover', take: () => Promise.resolve() },
}

async function enrol(page: Page): Promise<void> {
  await page.locator('input[autocomplete="current-password"]').last().fill('demo-101')
  await page.keyboard.press('Enter')
  await page.getByRole('img', { name: /QR/ }).evaluate((element) => element.scrollIntoView({ block: 'center' }))
}

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
        const step = steps[scene]
        const { page } = await openScene(context, demo.url, step?.scene ?? scene, `&theme=${theme}&lang=${language}${step?.more ?? ''}`)
        await step?.take(page)
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
