import { isPopup } from './window'
import { showLamps, startHeadset } from '../adapters/headset'
import { audio, watchDevices } from '../adapters/microphone'
import { notifyRing, stopNotifying } from '../adapters/notifications'
import { player } from '../adapters/player'
import { standAsPortal, watchPortals } from '../adapters/portal'
import { silentPreflight } from '../adapters/preflight'
import { readPush } from '../adapters/push'
import { focused, ringing } from '../core/calls/callList'
import { isLive, isOver, type Call, type Party } from '../core/calls/call'
import { browserMemory, clock, tabMemory } from '../adapters/basics'
import { Idle } from '../core/session/idle'
import type { Phone } from '../core/phone/phone'
import i18next from 'i18next'
import { setLanguage } from '../i18n'
import { ringBlocked } from './phone/IncomingOverlay'
import { watchedBy } from './keys/lamp'
import { shown } from './people/useParty'
import type { Services } from './services'
import { setTheme } from './theme'

/** This tab was armed once. */
const armedKey = 'armed'

/** Connects the phone to what is around it: the session, the ring, notifications, the headset, the network, sleep. */
export function wire(services: Services): void {
  followSession(services)
  followCalls(services)
  followWorld(services)
  followUse(services)
  followHeadset(services)
  watchDevices()
  if (isPopup()) watchPortals()
  else standAsPortal()
}

function followSession({ phone, session, people }: Services): void {
  let open = false
  let language: string | null | undefined
  session.state.subscribe(() => {
    const state = session.state.get()
    if (state.kind === 'in') {
      setTheme(state.account.settings.theme)
      if (language !== state.account.settings.language) {
        language = state.account.settings.language
        if (language !== null) void setLanguage(language)
      }
    }
    if (state.kind === 'in' && !open) {
      open = true
      phone.open()
      void people.load()
      void armSilently(phone)
      void readPush()
    } else if (state.kind === 'out' && open) {
      open = false
      phone.close()
      people.forget()
    }
  })
  let was = phone.state.get().connection.kind
  phone.state.subscribe(() => {
    const { kind } = phone.state.get().connection
    if (kind === 'signedOut' && was !== 'signedOut' && open) {
      open = false
      session.ended()
    }
    if (kind === 'attached' && was !== 'attached') void people.loadMissing()
    was = kind
  })
  let { keys } = phone.state.get().keyBoard
  const lamps = (): string[] => keys.map(watchedBy).filter((extension) => extension !== null).filter((extension) => /^\d{2,10}$/.test(extension))
  const watch = (): void => phone.watch([...new Set([...lamps(), ...people.directory.get().items.map((person) => person.number)])])
  people.directory.subscribe(watch)
  phone.state.subscribe(() => {
    const { keyBoard } = phone.state.get()
    if (keyBoard.keys === keys) return
    const before = lamps().join()
    keys = keyBoard.keys
    if (lamps().join() !== before) watch()
  })
}

/** What this tab was allowed before a reload it may again, as soon as the browser lets it be heard: at once or at the first gesture. */
async function armSilently(phone: Phone): Promise<void> {
  if (await silentPreflight(wasWoken())) {
    phone.arm(true)
    return
  }
  if (tabMemory.read(armedKey) === null) return
  const gesture = (): void => {
    void silentPreflight().then((ready) => {
      if (!ready) return
      document.removeEventListener('pointerdown', gesture)
      document.removeEventListener('keydown', gesture)
      phone.arm(true)
    })
  }
  document.addEventListener('pointerdown', gesture)
  document.addEventListener('keydown', gesture)
}

/** The page was opened by the notification of a call, while none of ours was open. */
function wasWoken(): boolean {
  if (!new URLSearchParams(location.search).has('woken')) return false
  history.replaceState(history.state, '', location.pathname)
  return true
}

function followCalls({ phone, session, people }: Services): void {
  const called = ({ name, number }: Party): string => shown(name || people.nameOf(number), number, i18next.t('contacts.anonymous')).name || i18next.t('incoming.unknown')
  let before: readonly Call[] = []
  let answered: string | null = null
  phone.state.subscribe(() => {
    const { calls, holdsPhone, chosen, armed, answeredItself } = phone.state.get()
    if (answeredItself !== null && answeredItself !== answered) player.answered()
    answered = answeredItself
    tabMemory.write(armedKey, armed ? 'yes' : tabMemory.read(armedKey))
    // Who hears a call may hear a ring: a page that uses the microphone may sound.
    if (!armed && holdsPhone && calls.some((call) => call.state.kind === 'connected' && call.sound === 'flowing')) phone.arm(true)
    if (calls === before) return
    const ring = ringing(calls)
    if (ring !== null && holdsPhone) {
      void player.ring().then((heard) => ringBlocked.set(!heard))
      const state = session.state.get()
      if (state.kind === 'in' && state.account.settings.notifications) notifyRing(ring.leg, called(ring.peer), i18next.t('incoming.title'))
    } else {
      player.stopRinging()
      ringBlocked.set(false)
    }
    for (const call of before) {
      const now = calls.find((other) => other.leg === call.leg)
      if (call.state.kind === 'ringingIn' && now?.state.kind !== 'ringingIn') stopNotifying(call.leg)
      if (!isOver(call) && (now === undefined || isOver(now))) setTimeout(() => void people.loadHistory(), 500)
    }
    before = calls
    const focus = focused(calls, chosen)
    showLamps({ ringing: ring !== null, offHook: focus !== null, muted: focus?.muted ?? false })
    document.title = ring === null ? 'Webphone' : `☎ ${called(ring.peer)} – Webphone`
  })
}

function followWorld({ phone, session }: Services): void {
  addEventListener('online', () => {
    session.nudge()
    phone.networkChanged()
  })
  addEventListener('pageshow', () => phone.nudge())
  document.addEventListener('resume', () => phone.nudge())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return
    session.nudge()
    phone.nudge()
  })
  audio.subscribe(() => {
    if (audio.get().permission === 'denied') phone.arm(false)
  })
  // Any gesture gives the browser a reason to let the ring be heard.
  document.addEventListener('pointerdown', () => {
    if (ringBlocked.get()) {
      player.stopRinging()
      void player.ring().then((heard) => ringBlocked.set(!heard))
    }
  })
}

/** Signs out who is not here any more, where the organisation wants that. */
function followUse({ phone, session }: Services): void {
  let idle: Idle | null = null
  session.state.subscribe(() => {
    const state = session.state.get()
    const minutes = state.kind === 'in' ? state.account.signOutMinutes : null
    if (minutes === null) {
      idle?.stop()
      idle = null
    } else if (idle === null) {
      idle = new Idle(minutes * 60_000, { clock, memory: browserMemory, busy: () => phone.state.get().calls.some(isLive), over: () => void session.expire() })
      idle.start()
    }
  })
  for (const use of ['pointerdown', 'keydown', 'wheel'] as const) addEventListener(use, () => idle?.used(), { passive: true, capture: true })
}

function followHeadset({ phone }: Services): void {
  void startHeadset({
    hook: (off) => {
      const { calls, chosen } = phone.state.get()
      const ring = ringing(calls)
      const focus = focused(calls, chosen)
      if (off && ring !== null) void phone.answer(ring.leg)
      else if (!off && focus !== null) phone.hangUp(focus.leg)
    },
    mute: () => {
      const { calls, chosen } = phone.state.get()
      const focus = focused(calls, chosen)
      if (focus !== null) phone.mute(focus.leg, !focus.muted)
    },
  })
}
