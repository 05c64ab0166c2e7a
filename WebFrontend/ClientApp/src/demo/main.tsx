import '@fontsource-variable/inter/wght.css'
import '../ui/styles/tokens.css'
import '../ui/styles/base.css'
import { createRoot } from 'react-dom/client'
import { browserMemory, chance, clock, memoryOf } from '../adapters/basics'
import { watchInstall } from '../adapters/install'
import { audio } from '../adapters/microphone'
import { push } from '../adapters/push'
import { Phone } from '../core/phone/phone'
import { setLanguage, startLanguages } from '../i18n'
import type { PresenceState } from '../hub/contracts.gen'
import { App } from '../ui/App'
import { People } from '../ui/people/people'
import { Session } from '../ui/session'
import { setTheme, startTheme } from '../ui/theme'
import { checkWish } from '../ui/preflight/wish'
import { wishTransfer } from '../ui/transfer/wish'
import { wire } from '../ui/wiring'
import { demoApi, people } from './demoApi'
import { demoWays } from './demoWays'
import { MemoryServer } from './memoryServer'
import { MemorySound } from './memorySound'

/** The app against a server in memory, for browser tests and pictures: `?demo=<scene>&theme=…&lang=…`. Built apart, never shipped. */
const query = new URLSearchParams(location.search)
const scene = query.get('demo') ?? 'idle'
const theme = query.get('theme') === 'dark' ? 'dark' : 'light'
const language = query.get('lang') ?? 'en'
const second = 1_000

const server = new MemoryServer(Date.now)
const states: PresenceState[] = ['idle', 'idle', 'onCall', 'idle', 'offline', 'ringing', 'idle', 'held', 'idle', 'offline']
server.presence = people.map(([extension], at) => ({ extension, version: 1, state: states[at] ?? 'idle', doNotDisturb: extension === '109', calls: 0 }))
server.settings = { language, theme, notifications: true }
if (scene === 'dnd') server.me = { ...server.me, doNotDisturb: true, state: 'idle' }

const sound = new MemorySound()
const tab = 'demo-tab'
const phone = new Phone({
  openHub: server.open, sound, clock, chance, memory: memoryOf(() => sessionStorage),
  lead: { enter: (gained) => gained(), steal: () => undefined, leave: () => undefined },
  sessionId: chance.id(), tabId: tab, clientVersion: 'demo',
})
const api = demoApi(scene !== 'signedOut', server.settings, scene === 'empty', scene !== 'noPhone', scene === 'large')
const services = { phone, api, session: new Session(api, clock, chance), people: new People(api), tryWays: demoWays(scene) }

const caller = (at: number): { number: string; name: string; extension: string } => {
  const [extension, name] = people[at] ?? ['', '']
  return { number: extension, name, extension }
}

async function settled(): Promise<void> {
  while (phone.state.get().connection.kind !== 'attached') await new Promise((resolve) => setTimeout(resolve, 10))
}

async function talk(at: number, secondsAgo: number): Promise<string> {
  const leg = chance.id()
  server.ring(leg, caller(at))
  await phone.answer(leg)
  server.change(leg, { answeredAt: new Date(Date.now() - secondsAgo * second).toISOString() })
  return leg
}

/** The call becomes a conference of so many, of whom the second speaks. */
function meet(leg: string, count: number, calling = 0): void {
  const members = people.slice(0, count).map(([extension], at) => ({
    leg: extension === '101' ? leg : `member-${extension}`, who: caller(at), joinedAt: new Date().toISOString(), muted: at === 3, holding: at === 5, speaking: at === 1,
  }))
  server.change(leg, { room: '99901' })
  const invitees = people.slice(count, count + calling).map(([extension], at) => ({ leg: `ringing-${extension}`, who: caller(count + at), by: caller(0), since: new Date().toISOString() }))
  server.meet({ number: '99901', host: '101', locked: false, members, invitees, startedAt: new Date().toISOString() })
}

function park(): void {
  server.park('701', { number: '+33142685300', name: 'Atelier Lumière', extension: null }, caller(6))
  server.park('703', caller(8), caller(0))
}

function keyBoard(): void {
  browserMemory.write('panel.tab', 'keys')
  phone.places.setKeys([
    ...people.slice(1, 8).map(([target]) => ({ kind: 'person' as const, target, label: '' })), { kind: 'person', target: '109', label: '' },
    { kind: 'slot', target: '701', label: '' }, { kind: 'slot', target: '702', label: '' }, { kind: 'conference', target: '', label: '' }, { kind: 'number', target: '+493055501882', label: 'Workshop' },
  ])
}

const scenes: Record<string, () => Promise<void> | void> = {
  incoming: () => server.ring(chance.id(), caller(2)),
  incomingOnCall: async () => {
    await talk(1, 74)
    server.ring(chance.id(), { number: '+33142685300', name: 'Atelier Lumière', extension: null })
  },
  anonymous: () => server.ring(chance.id(), { number: 'anonymous', name: 'Anonymous', extension: null }),
  call: async () => {
    await talk(2, 137)
  },
  recorded: async () => {
    const leg = await talk(2, 137)
    phone.recordings.toggle(leg)
    server.change(leg, { peerRecords: true })
  },
  two: async () => {
    await talk(1, 412)
    await talk(2, 37)
  },
  many: async () => {
    const legs = [await talk(1, 950), await talk(3, 260), await talk(6, 41), await talk(8, 12)]
    phone.hide(legs[0] ?? '', true)
    phone.mute(legs[3] ?? '', true)
    server.push({
      leg: null, here: false, callKey: 'desk', version: 1, phase: 'connected', direction: 'inbound', dialled: '101', peer: caller(9), held: false, heldByPeer: false, away: false, peerAway: false,
      startedAt: new Date(Date.now() - 95 * second).toISOString(), answeredAt: new Date(Date.now() - 90 * second).toISOString(), endedAt: null, end: 'none', room: null, consults: null, backFrom: null, recording: null, peerRecords: false,
    })
  },
  outgoing: async () => {
    await phone.dial('103')
  },
  ended: async () => {
    const leg = await phone.dial('103')
    server.end(leg ?? '', 'busy')
  },
  transferPicker: async () => {
    const leg = await talk(2, 137)
    await talk(3, 20)
    phone.hold(leg, false)
    wishTransfer(leg)
  },
  consulting: async () => {
    const leg = await talk(2, 137)
    await phone.consult(leg, '104')
  },
  transferring: async () => {
    phone.moves.transfer(await talk(2, 137), caller(3))
  },
  notTransferred: async () => {
    const leg = await talk(2, 137)
    phone.moves.transfer(leg, caller(3))
    await new Promise((resolve) => setTimeout(resolve, 50))
    server.settle(leg, 'failed', 'busy')
  },
  callElsewhere: async () => {
    await talk(2, 137)
  },
  backFrom: () => {
    const leg = chance.id()
    server.ring(leg, caller(2))
    server.change(leg, { backFrom: caller(3) })
  },
  conference: async () => {
    const leg = await talk(2, 754)
    meet(leg, 4, 1)
  },
  fullConference: async () => {
    const leg = await talk(2, 2_154)
    meet(leg, 10)
  },
  consultingForConference: async () => {
    const leg = await talk(2, 754)
    meet(leg, 3)
    const second = await phone.consult(leg, '107')
    server.connect(second ?? '', 9_000)
  },
  parked: async () => {
    await talk(2, 137)
    park()
    browserMemory.write('panel.tab', 'park')
  },
  keys: async () => {
    await talk(2, 137)
    park()
    keyBoard()
  },
  keysArranged: () => keyBoard(),
  soundLost: async () => {
    const leg = await talk(2, 137)
    sound.flows = false
    sound.say(leg, 'lost')
  },
  soundBlocked: async () => {
    const leg = await talk(2, 14)
    sound.flows = false
    sound.say(leg, 'blocked')
  },
  selfCheck: () => checkWish.set(true),
  selfCheckBlocked: () => checkWish.set(true),
  disconnected: async () => {
    await talk(2, 137)
    server.reachable = false
    server.drop()
  },
  denied: () => audio.update((state) => ({ ...state, permission: 'denied' })),
  otherTab: () => server.takenBy('another-tab'),
}

// Every scene begins with the same panel.
browserMemory.write('panel.tab', null)
startTheme()
watchInstall()
setTheme(theme)
await startLanguages()
await setLanguage(language)
wire(services)
Object.assign(globalThis, { demo: { server, sound, phone, chance, push } })
await services.session.find()
if (scene !== 'signedOut') {
  if (scene !== 'arm' && scene !== 'noPhone') phone.arm(true)
  await settled()
  await new Promise((resolve) => setTimeout(resolve, 50))
  await scenes[scene]?.()
}
createRoot(document.getElementById('app') as HTMLElement).render(<App services={services} />)
document.documentElement.dataset['demo'] = scene
