import type { TabLead } from '../core/phone/ports'
import { beatMs, elect, outside, silenceMs, type ElectionInput, type ElectionMessage } from '../core/session/election'

const name = 'webphone.phone'

export function openTabLead(tab: string, session: string): TabLead {
  const scope = `${name}.${session}`
  if ('locks' in navigator) return byLock(scope)
  return 'BroadcastChannel' in globalThis ? byElection(tab, scope) : alone
}

/** A browser with neither: every tab may lead, and the server lets one. */
const alone: TabLead = {
  enter: (gained) => gained(),
  steal: () => undefined,
  leave: () => undefined,
}

function byLock(scope: string): TabLead {
  let round = 0
  let release: (() => void) | null = null
  let gained: () => void = () => undefined
  let lost: () => void = () => undefined

  function request(steal: boolean): void {
    const mine = ++round
    const hold = (): Promise<void> => {
      if (mine !== round) return Promise.resolve()
      gained()
      return new Promise((resolve) => {
        release = resolve
      })
    }
    navigator.locks.request(scope, { steal }, hold).catch(() => {
      if (mine !== round) return
      lost()
      request(false)
    })
  }

  function leave(): void {
    round++
    release?.()
    release = null
  }

  return {
    enter: (onGained, onLost) => {
      leave()
      gained = onGained
      lost = onLost
      request(false)
    },
    steal: () => {
      if (release !== null) return
      request(true)
    },
    leave,
  }
}

function byElection(tab: string, scope: string): TabLead {
  const channel = new BroadcastChannel(scope)
  let election = outside(tab)
  let gained: () => void = () => undefined
  let lost: () => void = () => undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let beat: ReturnType<typeof setInterval> | undefined

  function input(event: ElectionInput): void {
    const before = election.standing
    const step = elect(election, event)
    election = step.election
    if (step.say !== null) channel.postMessage(step.say)
    clearTimeout(silence)
    if (election.standing === 'entering' || election.standing === 'following') silence = setTimeout(() => input({ kind: 'silence' }), silenceMs)
    if (before !== 'leading' && election.standing === 'leading') gained()
    if (before === 'leading' && election.standing === 'following') lost()
  }

  channel.onmessage = (event: MessageEvent<ElectionMessage>) => input({ kind: 'heard', message: event.data })
  addEventListener('pagehide', () => input({ kind: 'leave' }))
  return {
    enter: (onGained, onLost) => {
      gained = onGained
      lost = onLost
      beat ??= setInterval(() => input({ kind: 'beat' }), beatMs)
      input({ kind: 'enter' })
    },
    steal: () => input({ kind: 'steal' }),
    leave: () => {
      clearInterval(beat)
      beat = undefined
      input({ kind: 'leave' })
    },
  }
}
