import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { hasChromium, limits, useScenes } from './harness'

const closingText = 'Window will be closed soon, since there is no active session'

interface DemoServer {
  readonly asked: readonly string[]
  ring(leg: string, peer: unknown): void
}

/** Each row of the list of features that is shown by the app alone, by its id. */
describe.skipIf(!hasChromium)('what the app does, in Chromium', () => {
  const scenes = useScenes()
  const scene = scenes.open

  /** The softphone in a window of its own. */
  async function popup(opener: Page): Promise<Page> {
    await opener.getByRole('button', { name: /Account and status/ }).click()
    const [window] = await Promise.all([scenes.context.waitForEvent('page', limits), opener.getByRole('menuitem', { name: 'Open in its own window' }).click()])
    await window.getByRole('navigation').waitFor(limits)
    return window
  }

  const closed = (window: Page): Promise<unknown> => (window.isClosed() ? Promise.resolve() : window.waitForEvent('close', limits))

  it('ACC-02 shows everything but the phone to who may not call from the browser', async () => {
    const page = await scene('noPhone')
    await page.getByText('Calls are not activated for you').waitFor(limits)
    expect(await page.locator('#dial-field').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Turn the phone on' }).count()).toBe(0)
    await page.getByRole('link', { name: 'Contacts' }).click()
    await page.getByRole('row', { name: /Ben Okafor/ }).waitFor(limits)
    expect(await page.getByRole('row', { name: /Ben Okafor/ }).getByRole('button', { name: 'Call Ben Okafor' }).isDisabled()).toBe(true)
    await page.getByRole('link', { name: 'Call history' }).click()
    await page.getByRole('row', { name: /Dmitri Volkov/ }).first().waitFor(limits)
  })

  it('ACC-04 says what the browser needs', async () => {
    const page = await scene('requirements')
    for (const need of ['A current browser', 'A secure address', 'A microphone', 'Ports that are used']) await page.getByText(need, { exact: true }).waitFor(limits)
  })

  it('ACC-08, ACC-14, ACC-15, ACC-18, ACC-19 opens in its own window, which warns and closes when the last tab of the portal did', async () => {
    const page = await scene('idle')
    const window = await popup(page)
    expect(await window.evaluate<unknown>('name')).toBe('webphone-popup')
    await page.close()
    await window.getByRole('alert').getByText(closingText, { exact: true }).waitFor(limits)
    await closed(window)
  })

  it('ACC-01, ACC-12, ACC-16 has its pages in the menu, which hides and signs out, and the window of its own closes with the session', async () => {
    const page = await scene('idle')
    const menu = page.getByRole('navigation')
    for (const name of ['Phone', 'Contacts', 'Call history', 'Settings']) await menu.getByRole('link', { name, exact: true }).waitFor(limits)
    await menu.getByRole('button', { name: 'Hide the menu' }).click()
    await menu.getByRole('button', { name: 'Show the menu' }).click()
    const window = await popup(page)
    await window.getByRole('button', { name: /Account and status/ }).click()
    await window.getByRole('menuitem', { name: 'Sign out', exact: true }).click()
    await window.getByText(closingText, { exact: true }).waitFor(limits)
    await closed(window)
    await menu.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/webphone/login', limits)
  })

  it('ACC-09, ACC-11, SET-09 installs as an app where the browser offers it, and says how where it does not', async () => {
    const page = await scene('settings')
    await page.getByText(/Open your browser's menu and choose/).waitFor(limits)
    await page.evaluate(() => {
      const offer = Object.assign(new Event('beforeinstallprompt'), { prompt: () => Promise.resolve({ outcome: 'accepted' }) })
      dispatchEvent(offer)
    })
    await page.getByRole('button', { name: 'Install', exact: true }).click()
    await page.getByText(/Open your browser's menu and choose/).waitFor(limits)
  })

  it('CON-01, CON-02, CON-05 says how the connection is, by a dot and a word at the top', async () => {
    for (const [name, word] of [['idle', 'ready'], ['call', 'inCall']] as const) {
      const page = await scene(name)
      await page.locator(`header [data-status="${word}"]`).waitFor(limits)
      await page.close()
    }
  })

  it('OUT-08 calls from the contacts by a button', async () => {
    const page = await scene('contacts')
    await page.getByRole('main').getByRole('button', { name: 'Call Ben Okafor' }).click()
    await page.waitForSelector('article[data-state="ringingOut"]', limits)
  })

  it('INC-03, INC-07 turns do not disturb on from the ring, which ends it', async () => {
    const page = await scene('incoming')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Do not disturb' }).click()
    await page.getByText('Do not disturb is on: no calls are delivered').waitFor(limits)
    await page.getByRole('alertdialog').waitFor({ ...limits, state: 'detached' })
  })

  it('INC-01 calls whoever withholds their number by the word that the language has for that', async () => {
    const page = await scene('anonymous', '&lang=de')
    await page.getByRole('alertdialog', { name: 'Anonym', exact: true }).waitFor(limits)
    await page.waitForFunction(() => document.title === '☎ Anonym – Webphone', undefined, limits)
    await page.keyboard.press('Enter')
    await page.locator('article[data-state="connected"]').getByText('Anonym', { exact: true }).first().waitFor(limits)
    expect(await page.getByText('anonymous').count()).toBe(0)
  })

  it('INC-06, SET-06 notifies of calls or does not, as the user says', async () => {
    const page = await scene('settings')
    const toggle = page.getByRole('switch', { name: 'Notify me of calls' })
    expect(await toggle.getAttribute('aria-checked')).toBe('true')
    await toggle.click()
    await page.getByRole('switch', { name: 'Notify me of calls', checked: false }).waitFor(limits)
    await toggle.click()
    await page.getByRole('switch', { name: 'Notify me of calls', checked: true }).waitFor(limits)
  })

  it('CRD-01, CTL-01, CTL-13 has a card with a timer and all controls for each call, and the hidden ones in a strip', async () => {
    const page = await scene('many')
    await page.waitForFunction(() => document.querySelectorAll('article').length === 3, undefined, limits)
    for (const card of await page.getByRole('article').all()) {
      await card.getByRole('timer').waitFor(limits)
      for (const name of [/^(Mute|Unmute)$/, /^(Hold|Resume)$/, 'Keypad', 'Transfer', 'More', 'Hang up']) await card.getByRole('button', { name, exact: true }).waitFor(limits)
    }
    await page.getByRole('button', { name: /Bring back/ }).waitFor(limits)
  })

  it('SID-01 has a side panel that hides and shows, also during a call', async () => {
    const page = await scene('call')
    const panel = page.getByRole('complementary', { name: 'Side panel' })
    await panel.waitFor(limits)
    await page.getByRole('button', { name: 'Hide the side panel' }).click()
    await panel.waitFor({ ...limits, state: 'detached' })
    await page.getByRole('button', { name: 'Show the side panel' }).click()
    await panel.waitFor(limits)
  })

  it('AUD-01, AUD-02, AUD-03, N18 chooses microphone, speaker and ring device from the speaker at the bottom', async () => {
    const page = await scene('idle')
    await page.getByRole('button', { name: 'Choose microphone and speaker' }).click()
    for (const name of ['Microphone', 'Speaker', 'Ring device']) await page.getByRole('menu').getByRole('group', { name }).waitFor(limits)
    await page.getByRole('menu').getByRole('group', { name: 'Ring device' }).getByRole('menuitemradio').nth(1).click()
    const kept = (): Promise<{ readonly ringer?: string; readonly speaker?: string }> => page.evaluate(() => JSON.parse(localStorage.getItem('webphone.audio') ?? '{}') as object)
    await expect.poll(async () => (await kept()).ringer, limits).toBeTruthy()
    expect((await kept()).speaker).toBe('')
  })

  it('AUD-02, SET-08 shows how loud the microphone is', async () => {
    const page = await scene('settings')
    await page.getByRole('button', { name: 'Test the microphone' }).click()
    await page.waitForFunction(() => (document.querySelector('meter')?.value ?? 0) > 0, undefined, limits)
    for (const name of ['Remove echo', 'Suppress noise', 'Level out loudness']) await page.getByRole('switch', { name }).waitFor(limits)
  })

  it('INC-05, AUD-04 asks for the microphone when the phone is turned on', async () => {
    const page = await scene('arm')
    await page.evaluate(() => {
      const asked: string[] = []
      Object.assign(globalThis, { permissions: asked })
      const listen = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
      navigator.mediaDevices.getUserMedia = (wanted) => {
        asked.push('microphone')
        return listen(wanted)
      }
    })
    await page.getByRole('button', { name: 'Turn the phone on' }).click()
    await page.waitForSelector('[data-status="ready"]', limits)
    const permissions = await page.evaluate(() => (globalThis as unknown as { permissions: string[] }).permissions)
    expect(permissions).toContain('microphone')
  })

  it('AUD-05 says how to allow a microphone that is blocked', async () => {
    const page = await scene('denied')
    for (const step of ['Click the lock (or settings) icon left of the address', 'Set Microphone to Allow', 'Reload the page']) await page.getByRole('listitem').getByText(step).waitFor(limits)
  })

  it('HIS-01 to HIS-06, HIS-09 lists calls with name, type, line, duration and date, the newest first', async () => {
    const page = await scene('history')
    await page.getByRole('main').locator('tbody tr:has(td)').nth(2).waitFor(limits)
    const cells = (row: number): Promise<string[]> => page.getByRole('main').locator('tbody tr:has(td)').nth(row).locator('td').allInnerTexts()
    const [name, type, line, lasted, date] = await cells(0)
    expect(name).toContain('Dmitri Volkov')
    expect(type).toContain('Incoming')
    expect(line).toBe('+49 30 555 0101')
    expect(lasted).toBe('5:47')
    expect(date).toMatch(/\d:\d\d/)
    expect((await cells(1))[1]).toContain('Outgoing')
    const missed = await cells(2)
    expect(missed[1]).toContain('Missed')
    expect(missed[0]).toContain('Atelier Lumière')
  })

  it('HIS-08 has no way to call back who called without a number', async () => {
    const page = await scene('history')
    const row = page.getByRole('row', { name: /Anonymous/ })
    await row.getByRole('button', { name: /Anonymous/ }).click()
    const details = page.getByRole('dialog')
    await details.getByRole('listitem').waitFor(limits)
    expect(await page.getByRole('button', { name: 'Call Anonymous', includeHidden: true }).count()).toBe(0)
  })

  it('HIS-10 has the number of a conference in the history, and calls it', async () => {
    const page = await scene('history')
    await page.getByRole('main').getByRole('button', { name: 'Call 99901' }).click()
    await page.waitForSelector('article[data-state="ringingOut"]', limits)
  })

  it('N5, INC-05, AUD-06 tries the ways of sound, the microphone and notifications from wherever it is asked for', async () => {
    const page = await scene('idle')
    await page.getByRole('button', { name: /Account and status/ }).click()
    await page.getByRole('menuitem', { name: 'Check sound and connection' }).click()
    await page.locator('[data-check="path"][data-result="good"] [data-way="relay"][data-kind="open"]').waitFor(limits)
    await page.locator('[data-check="notifications"][data-result="good"]').waitFor(limits)
    const blocked = await scene('selfCheckBlocked')
    await blocked.locator('[data-check="path"][data-result="bad"]').getByText(/No sound gets to the server/).waitFor(limits)
  })

  it('says when no sound gets through, and tries again when asked', async () => {
    const page = await scene('soundBlocked')
    await page.getByRole('alert').getByText('No sound can get through').waitFor(limits)
    const asked = (): Promise<number> => page.evaluate(() => (globalThis as unknown as { demo: { server: DemoServer } }).demo.server.asked.filter((name) => name.startsWith('reconnect')).length)
    const before = await asked()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.waitForFunction((count) => (globalThis as unknown as { demo: { server: DemoServer } }).demo.server.asked.filter((name) => name.startsWith('reconnect')).length > count, before, limits)
    await page.getByText('Connecting the sound…').waitFor(limits)
  })
})
