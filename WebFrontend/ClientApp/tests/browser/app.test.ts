import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { hasChromium, limits, useScenes, violations } from './harness'

describe.skipIf(!hasChromium)('the app in Chromium', () => {
  const { open: scene } = useScenes(async (context) => {
    await context.addInitScript(() => {
      const played: string[] = []
      Object.assign(globalThis, { played })
      const play = HTMLMediaElement.prototype.play
      HTMLMediaElement.prototype.play = async function () {
        await play.call(this)
        played.push(`${this.loop ? 'loop' : 'once'} ${this.volume}`)
      }
    })
  })

  const asked = (page: Page): Promise<string[]> => page.evaluate(() => (globalThis as unknown as { demo: { server: { asked: string[] } } }).demo.server.asked)
  const withCommand = async (page: Page, start: string): Promise<void> => {
    await page.waitForFunction((wanted) => (globalThis as unknown as { demo: { server: { asked: string[] } } }).demo.server.asked.some((name) => name.startsWith(wanted)), start, limits)
  }

  describe('is accessible (axe, WCAG 2.2 AA) and within its content policy', () => {
    const scenes = ['signedOut', 'requirements', 'idle', 'arm', 'incoming', 'call', 'recorded', 'many', 'transferPicker', 'consulting', 'notTransferred', 'backFrom', 'callElsewhere', 'conference', 'consultingForConference', 'parked', 'keys', 'keysArranged', 'soundBlocked', 'selfCheck', 'selfCheckBlocked', 'disconnected', 'denied', 'otherTab', 'dnd', 'contacts', 'history', 'settings', 'empty', 'noPhone']
    for (const name of scenes) {
      it.each([['light', 1_280, 'en'], ['dark', 1_280, 'en'], ['light', 390, 'ar']] as const)(`${name}, %s, %i px, %s`, async (theme, width, language) => {
        const page = await scene(name, `&theme=${theme}&lang=${language}`)
        await page.setViewportSize({ width, height: 800 })
        expect(await violations(page)).toEqual([])
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        expect(overflow).toBe(0)
      })
    }
  })

  it('ACC-05 signs in with the keyboard alone, and says when the password is wrong', async () => {
    const page = await scene('signedOut')
    await page.waitForSelector('input[name=username]:focus', limits)
    await page.keyboard.type('101@demo.example')
    await page.keyboard.press('Tab')
    await page.keyboard.type('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor(limits)
    await page.getByLabel('Password', { exact: true }).fill('demo-101')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/webphone', limits)
    await page.getByRole('navigation').waitFor(limits)
  })

  it('OUT-02, OUT-05, KEY-01, KEY-02, KEY-03, KEY-07, CTL-06 dials what is typed anywhere, and hangs up with Escape', async () => {
    const page = await scene('idle')
    await page.keyboard.type('103')
    expect(await page.inputValue('#dial-field')).toBe('103')
    await page.keyboard.press('Backspace')
    expect(await page.inputValue('#dial-field')).toBe('10')
    await page.keyboard.type('3')
    await page.keyboard.press('Enter')
    await page.waitForSelector('article[data-state="ringingOut"]', limits)
    expect((await asked(page)).some((name) => name.startsWith('dial '))).toBe(true)
    await page.evaluate(() => document.querySelector<HTMLElement>('#dial-field')?.blur())
    await page.keyboard.press('Escape')
    await withCommand(page, 'hangUp ')
    await page.waitForSelector('article[data-state="ended"]', limits)
  })

  it('OUT-01, OUT-11 dials by mouse on the pad', async () => {
    const page = await scene('idle')
    for (const digit of ['1', '0', '2']) await page.locator('form button[type=button]', { hasText: digit }).first().click()
    await page.getByRole('button', { name: 'Call', exact: true }).click()
    await page.waitForSelector('article[data-state="ringingOut"]', limits)
  })

  it('OUT-03 takes a pasted number, without its dressing', async () => {
    const page = await scene('idle')
    await page.evaluate(() => {
      const data = new DataTransfer()
      data.setData('text', 'Tel. (030) 55-50')
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
    })
    expect(await page.inputValue('#dial-field')).toBe('0305550')
  })

  it('INC-03, INC-04, KEY-04, KEY-05 answers with Enter and declines with Escape', async () => {
    const page = await scene('incoming')
    await page.getByRole('alertdialog').waitFor(limits)
    await page.keyboard.press('Enter')
    await page.waitForSelector('article[data-state="connected"]', limits)
    await page.waitForSelector('[data-status=inCall]', limits)
    const other = await scene('incoming')
    await other.getByRole('alertdialog').waitFor(limits)
    await other.keyboard.press('Escape')
    await withCommand(other, 'decline ')
    await other.getByRole('alertdialog').waitFor({ ...limits, state: 'detached' })
  })

  it('INC-01, INC-02, N4 rings aloud until it is answered, and says when the browser blocks it', async () => {
    const page = await scene('idle')
    await page.mouse.click(600, 600)
    await page.evaluate(() => (globalThis as unknown as { demo: { server: { ring(leg: string, peer: unknown): void } } }).demo.server.ring('ring-1', { number: '102', name: 'Ben Okafor', extension: '102' }))
    await page.waitForFunction(() => (globalThis as unknown as { played: string[] }).played.some((name) => name.startsWith('loop')), undefined, limits)
    await withCommand(page, 'ringReceived ring-1')
    await page.waitForFunction(() => document.title.includes('Ben Okafor'), undefined, limits)
    await page.keyboard.press('Enter')
    await page.waitForSelector('article[data-state="connected"]', limits)
    await page.waitForFunction(() => document.title === 'Webphone', undefined, limits)
  })

  it('CTL-02, CTL-03, CTL-05, CTL-11, CRD-02, KEY-06, KEY-08, KEY-09, OUT-13 mutes, holds, sends digits, hides and brings back by keys and buttons', async () => {
    const page = await scene('call')
    await page.keyboard.press('m')
    await page.getByRole('button', { name: 'Unmute' }).waitFor(limits)
    await page.keyboard.press('h')
    await withCommand(page, 'hold ')
    await page.getByRole('button', { name: 'Resume' }).click()
    await withCommand(page, 'resume ')
    await page.keyboard.type('12#')
    await withCommand(page, 'sendDigits ')
    await page.getByText('Sent: 12#').waitFor(limits)
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitem', { name: /^Hide/ }).click()
    await page.getByRole('button', { name: /Bring back: *Clara Moreau/ }).click()
    await page.getByRole('button', { name: 'Hang up' }).click()
    await withCommand(page, 'hangUp ')
  })

  it('CTL-07, XFR-01, XFR-02 transfers by keyboard alone, and says to whom', async () => {
    const page = await scene('call')
    await page.keyboard.press('t')
    await page.waitForSelector('[role=combobox]:focus', limits)
    await page.keyboard.type('volk')
    await page.getByRole('option', { name: /Dmitri Volkov/, selected: true }).waitFor(limits)
    await page.keyboard.press('Enter')
    await withCommand(page, 'transfer ')
    await page.getByText('Transferring to Dmitri Volkov…').waitFor(limits)
    await page.evaluate(() => {
      const { server } = (globalThis as unknown as { demo: { server: { transfers: Map<string, unknown>; settle(leg: string, phase: string): void } } }).demo
      server.settle([...server.transfers.keys()][0] ?? '', 'done')
    })
    await page.getByText('Transferred to Dmitri Volkov').waitFor(limits)
  })

  it('XFR-03 to XFR-07 asks first, shows who waits for whom, and goes back or completes', async () => {
    const page = await scene('consulting')
    await page.getByText('You ask for Clara Moreau, who hears music').waitFor(limits)
    await page.getByText('Waits while you ask Dmitri Volkov').waitFor(limits)
    await page.keyboard.press('t')
    await withCommand(page, 'transfer ')
    const other = await scene('consulting')
    await other.getByRole('button', { name: 'Cancel' }).click()
    await withCommand(other, 'hangUp ')
    await other.getByText('You ask for Clara Moreau, who hears music').waitFor({ ...limits, state: 'detached' })
  })

  it('P19 a call dropped on a colleague or on another call is transferred there', async () => {
    const page = await scene('two')
    const card = page.getByRole('article', { name: /Ben Okafor/ })
    await card.dragTo(page.getByRole('complementary').getByRole('button', { name: /Grace Tanaka/ }), { sourcePosition: { x: 8, y: 8 } })
    await page.getByRole('option', { name: /Grace Tanaka/, selected: true }).waitFor(limits)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ ...limits, state: 'detached' })
    await card.dragTo(page.getByRole('article', { name: /Clara Moreau/ }), { sourcePosition: { x: 8, y: 8 } })
    await withCommand(page, 'transfer ')
  })

  it('CNF-02, CNF-06 brings the asked one into the conference', async () => {
    const page = await scene('consultingForConference')
    await page.getByText('Room 99901').waitFor(limits)
    await page.getByRole('button', { name: 'Send to conference' }).click()
    await withCommand(page, 'transfer ')
    await page.getByRole('button', { name: 'Mute Clara Moreau' }).click()
    await withCommand(page, 'conference mute ')
    await page.getByRole('button', { name: 'Lock', exact: true }).click()
    await page.getByRole('button', { name: 'Unlock' }).waitFor(limits)
  })

  it('PRK-01 to PRK-04 shows the slots, parks, and takes who waits', async () => {
    const page = await scene('parked')
    await page.getByRole('tab', { name: /Park/ }).click()
    await page.getByRole('button', { name: /703.*Inés Carrasco.*by Ada Lindqvist/ }).waitFor(limits)
    await page.getByRole('button', { name: /702.*Park here/ }).click()
    await withCommand(page, 'transfer ')
    await page.getByRole('button', { name: /701.*Atelier Lumière/ }).click()
    await page.waitForFunction(() => document.querySelectorAll('article').length === 2, undefined, limits)
  })

  it('SID-02 keys show their lamps, call, pick up and are arranged', async () => {
    const page = await scene('keysArranged')
    await page.getByRole('tab', { name: 'Keys' }).click()
    await page.getByRole('button', { name: /Farid Haddad.*Ringing/ }).click()
    await page.getByRole('article', { name: /\*\*106/ }).waitFor(limits)
    await page.getByRole('button', { name: 'Arrange the keys' }).click()
    await page.getByRole('button', { name: 'Move Clara Moreau up' }).click()
    await page.getByRole('button', { name: 'Remove Ben Okafor' }).click()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.waitForFunction(() => document.querySelector('[data-lamp]')?.textContent.includes('Clara Moreau'), undefined, limits)
    await expect.poll(async () => (await asked(page)).filter((name) => name === 'setKeys').length, limits).toBe(3)
  })

  it('ACC-20 shows the call on every page, with what one must be able to do at once', async () => {
    const page = await scene('callElsewhere')
    await page.getByRole('main').getByRole('button', { name: 'Mute' }).click()
    await page.getByRole('main').getByRole('link', { name: /Clara Moreau/ }).click()
    await page.getByRole('article', { name: /Clara Moreau/ }).waitFor(limits)
  })

  it('KEY-10 lets keys only type while a field has the focus', async () => {
    const page = await scene('call')
    await page.getByPlaceholder('Search the directory').click()
    await page.keyboard.type('mh5')
    expect((await asked(page)).some((name) => /^(hold|sendDigits) /.test(name))).toBe(false)
    expect(await page.getByPlaceholder('Search the directory').inputValue()).toBe('mh5')
  })

  it('ACC-21 finds people, pages and actions with Ctrl+K', async () => {
    const page = await scene('idle')
    await page.keyboard.press('Control+k')
    await page.waitForSelector('[role=combobox]:focus', limits)
    await page.keyboard.type('yilm')
    await page.getByRole('option', { name: /Elif/ }).waitFor(limits)
    await page.keyboard.press('Enter')
    await page.waitForSelector('article[data-state="ringingOut"]', limits)
    expect(await page.textContent('article h2')).toContain('Elif')
    await page.keyboard.press('Control+k')
    await page.waitForSelector('[role=combobox]:focus', limits)
    await page.keyboard.type('settings')
    await page.getByRole('option', { name: /Settings/ }).waitFor(limits)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/webphone/settings', limits)
  })

  it('ACC-21 does what Enter asked for when its results come', async () => {
    const page = await scene('large')
    await page.keyboard.press('Control+k')
    await page.waitForSelector('[role=combobox]:focus', limits)
    await page.keyboard.type('volk')
    await page.keyboard.press('Enter')
    await page.waitForSelector('article[data-state="ringingOut"]', limits)
    expect(await page.textContent('article h2')).toBe('104')
  })

  it('ACC-22 shows the shortcuts on ?, and Escape closes them without hanging up', async () => {
    const page = await scene('call')
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor(limits)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ ...limits, state: 'detached' })
    expect((await asked(page)).some((name) => name.startsWith('hangUp'))).toBe(false)
  })

  it('OUT-04, OUT-12, SID-04 calls by a double click in the contacts and by a click in the side panel', async () => {
    const page = await scene('contacts')
    await page.getByRole('row', { name: /Ben Okafor/ }).getByText('102').dblclick()
    await page.waitForSelector('article[data-state="ringingOut"]', limits)
    await page.getByRole('complementary').getByRole('button', { name: /Grace Tanaka/ }).click()
    await page.waitForFunction(() => document.querySelectorAll('article').length === 2, undefined, limits)
  })

  it('OUT-09, HIS-08 calls back from the history, and shows all calls with one party', async () => {
    const page = await scene('history')
    await page.getByRole('main').getByRole('button', { name: /^Dmitri Volkov/ }).first().click()
    await page.getByRole('dialog', { name: /Dmitri Volkov/ }).waitFor(limits)
    await page.getByRole('dialog').getByRole('button', { name: 'Call Dmitri Volkov' }).click()
    await page.waitForSelector('article[data-state="ringingOut"]', limits)
  })

  it('AVL-01, AVL-02, AVL-05, SID-06 switches do not disturb in the menu and shows it in the side panel', async () => {
    const page = await scene('idle')
    await page.getByRole('button', { name: /Account and status/ }).click()
    await page.getByRole('menuitemradio', { name: /Do not disturb/ }).click()
    await page.getByText('Do not disturb is on: no calls are delivered').waitFor(limits)
    await withCommand(page, 'setDoNotDisturb true')
  })

  it('CON-04 says that it is disconnected, tries again by itself, and is ready again', async () => {
    const page = await scene('disconnected')
    await page.waitForSelector('[data-status="disconnected"]', limits)
    await page.evaluate(() => {
      ;(globalThis as unknown as { demo: { server: { reachable: boolean } } }).demo.server.reachable = true
    })
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.waitForSelector('[data-status="inCall"]', limits)
  })

  it('N4, N5 turns the phone on with one click that checks everything', async () => {
    const page = await scene('arm')
    await page.getByRole('button', { name: 'Turn the phone on' }).click()
    await page.waitForSelector('[data-status="ready"]', limits)
    await page.waitForFunction(() => (globalThis as unknown as { played: string[] }).played.length > 0, undefined, limits)
  })

  it('SET-04 changes language and direction without a reload', async () => {
    const page = await scene('settings')
    await page.getByRole('combobox', { name: 'Language' }).click()
    await page.getByRole('option', { name: 'العربية' }).click()
    await page.waitForSelector('html[dir="rtl"][lang="ar"]', limits)
    await page.getByRole('heading', { name: 'الإعدادات' }).waitFor(limits)
  })

  it('SET-07 changes the appearance at once', async () => {
    const page = await scene('settings')
    await page.getByRole('button', { name: 'Dark' }).click()
    await page.waitForSelector('html[data-theme="dark"]', limits)
  })
})
