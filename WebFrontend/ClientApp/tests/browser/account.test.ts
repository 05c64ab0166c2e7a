import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, openBrowser, openScene, serveDemo, violations } from './harness'

const limits = { timeout: 15_000 }

describe.skipIf(!hasChromium)('the account in Chromium', () => {
  let demo: Awaited<ReturnType<typeof serveDemo>>
  let context: BrowserContext
  let problems: string[] = []

  beforeAll(async () => {
    demo = await serveDemo()
    context = await openBrowser()
  })
  afterAll(async () => {
    await context.close()
    demo.close()
  })
  afterEach(async () => {
    for (const page of context.pages().slice(1)) await page.close()
    expect(problems).toEqual([])
  })

  async function scene(name: string, more = ''): Promise<Page> {
    const opened = await openScene(context, demo.url, name, more)
    problems = opened.problems
    await opened.page.emulateMedia({ reducedMotion: 'reduce' })
    return opened.page
  }

  it('ACC-06 asks for a code after the password where one is needed, and takes it with the keyboard alone', async () => {
    const page = await scene('signedOut')
    await page.waitForSelector('input[name=username]:focus', limits)
    await page.keyboard.type('101@demo.example')
    await page.keyboard.press('Tab')
    await page.keyboard.type('demo-code')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'One more step' }).waitFor(limits)
    expect(await violations(page)).toEqual([])
    await page.waitForSelector('input:focus', limits)
    await page.keyboard.type('000000')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor(limits)
    await page.keyboard.type('123456')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/webphone', limits)
  })

  it('goes back from the code to another user', async () => {
    const page = await scene('signedOut')
    await page.getByLabel('User').fill('101@demo.example')
    await page.getByLabel('Password', { exact: true }).fill('demo-code')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Sign in as somebody else' }).click()
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
  })

  it.each([['light', 'en'], ['dark', 'ar']])('sets up codes with a QR code and shows the recovery codes once, %s, %s', async (theme, language) => {
    const page = await scene('settings', `&theme=${theme}&lang=${language}`)
    const password = page.locator('input[autocomplete="current-password"]').last()
    await password.fill('demo-101')
    await password.press('Enter')
    await page.getByRole('img', { name: /QR/ }).waitFor(limits)
    expect(await violations(page)).toEqual([])
    const code = page.locator('input[autocomplete="one-time-code"]')
    await code.fill('000000')
    await code.press('Enter')
    await page.locator('input[autocomplete="one-time-code"][aria-invalid="true"]').waitFor(limits)
    await code.fill('123456')
    await code.press('Enter')
    await page.getByText('ABCD-EFGH-IJKL-MNOJ').waitFor(limits)
    expect(await violations(page)).toEqual([])
  })

  it('ACC-07 helps who forgot user name or password, from the sign-in page to a new password', async () => {
    const page = await scene('signedOut')
    await page.getByRole('link', { name: 'Forgotten your user name?' }).waitFor(limits)
    await page.getByRole('link', { name: 'Forgotten your password?' }).click()
    await page.getByRole('heading', { name: 'Signing in again' }).waitFor(limits)
    expect(await violations(page)).toEqual([])
    await page.getByLabel('The link').fill('https://phone.example/webphone/recover')
    await page.keyboard.press('Enter')
    await page.getByText('That is no such link. Copy all of it.').waitFor(limits)
    await page.getByLabel('The link').fill('https://phone.example/webphone/recover#a-token')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Set the password' }).waitFor(limits)
  })

  it('sets a new password by a link', async () => {
    const page = await scene('recover', '#a-token')
    await page.getByRole('textbox', { name: 'New password' }).fill('short')
    await page.keyboard.press('Enter')
    await page.getByText('The password is too short.').waitFor(limits)
    await page.getByRole('textbox', { name: 'New password' }).fill('long enough now')
    await page.keyboard.press('Enter')
    await page.getByRole('status').waitFor(limits)
    expect(await page.evaluate(() => location.hash)).toBe('')
    expect(await violations(page)).toEqual([])
  })

  it('OUT-07 shows the chosen number to those who are called, and remembers the choice', async () => {
    const page = await scene('idle')
    await page.getByRole('combobox', { name: 'Your caller ID displays as:' }).click()
    await page.getByRole('option', { name: '+493055501821' }).click()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.locator('#dial-field').fill('103')
    await page.locator('#dial-field').press('Enter')
    await page.waitForSelector('article[data-state="ringingOut"]', limits)
    expect(await page.evaluate(() => (globalThis as unknown as { demo: { server: { callerId: string | null } } }).demo.server.callerId)).toBe('+493055501821')
    const again = await scene('idle')
    expect(await again.getByRole('combobox', { name: 'Your caller ID displays as:' }).textContent()).toContain('+493055501821')
  })
})
