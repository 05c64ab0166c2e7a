import type { Call, CallEnd, CallState, HeldBy, Party, Recorded, RingReason, Sound, Transfer } from './call'
import { never } from './call'
import type { CallPhase } from '../../hub/contracts.gen'

/** The server's word about a leg, already in the client's vocabulary. */
export interface CallView {
  readonly leg: string
  readonly callKey: string
  readonly version: number
  readonly phase: CallPhase
  readonly direction: 'in' | 'out'
  readonly peer: Party
  readonly held: HeldBy
  readonly startedAt: number
  readonly answeredAt: number | null
  readonly end: CallEnd
  readonly peerAway: boolean
  readonly room: string | null
  readonly consults: string | null
  readonly backFrom: Party | null
  /** Only a ring says why. */
  readonly reason?: RingReason
  readonly recording: Recorded | null
  readonly peerRecords: boolean
}

export type CallEvent =
  | { readonly kind: 'view'; readonly view: CallView; readonly now: number }
  | { readonly kind: 'placed' }
  | { readonly kind: 'answer' }
  | { readonly kind: 'answerFailed' }
  | { readonly kind: 'hangUp' }
  | { readonly kind: 'over'; readonly end: CallEnd; readonly by: string; readonly now: number }
  | { readonly kind: 'sound'; readonly sound: Sound }
  | { readonly kind: 'mute'; readonly on: boolean }
  | { readonly kind: 'hide'; readonly on: boolean }
  | { readonly kind: 'digits'; readonly digits: string }
  /** The far side is sent elsewhere, or did not get there; null once that was read. */
  | { readonly kind: 'transfer'; readonly transfer: Transfer | null }
  /** Somebody is elsewhere: the far side, or this user. `to` says with whom or where. */
  | { readonly kind: 'moved'; readonly end: MovedEnd; readonly to: string; readonly now: number }
  /** The hold button was pressed: shown at once, the server's view settles it. */
  | { readonly kind: 'hold'; readonly on: boolean }

export type MovedEnd = 'transferred' | 'parked' | 'merged' | 'switched'

/** Digits that a card remembers. */
const maxDigitsShown = 32

/** A call that this tab is placing. */
export function placed(leg: string, peer: Party, now: number, consults: string | null = null): Call {
  return { ...blank(leg, 'out', peer, now), consults, sound: 'connecting' }
}

/** A call that this tab first hears of from the server. */
export function fromView(view: CallView, now: number): Call {
  return step({ ...blank(view.leg, view.direction, view.peer, view.startedAt), consults: view.consults }, { kind: 'view', view, now })
}

function blank(leg: string, direction: Call['direction'], peer: Party, startedAt: number): Call {
  return {
    leg, callKey: '', direction, reason: 'call', peer, startedAt, version: 0, state: direction === 'in' ? { kind: 'ringingIn' } : { kind: 'dialling' },
    sound: 'none', muted: false, hidden: false, digits: '', peerAway: false, room: null, consults: null, transfer: null, backFrom: null, recording: null, peerRecords: false,
  }
}

/** One event into one call. Pure: the same call comes back when the event changes nothing. */
export function step(call: Call, event: CallEvent): Call {
  switch (event.kind) {
    case 'view':
      return applyView(call, event.view, event.now)
    case 'placed':
      return call.state.kind === 'dialling' ? { ...call, state: { kind: 'ringingOut' } } : call
    case 'answer':
      return call.state.kind === 'ringingIn' ? { ...call, state: { kind: 'answering' }, sound: 'connecting' } : call
    case 'answerFailed':
      return call.state.kind === 'answering' ? { ...call, state: { kind: 'ringingIn' }, sound: 'none' } : call
    case 'hangUp':
      return hangUp(call)
    case 'over':
      return end(call, event.end, event.by, event.now)
    case 'sound':
      return call.state.kind === 'ended' || call.sound === event.sound ? call : { ...call, sound: event.sound }
    case 'mute':
      return call.muted === event.on ? call : { ...call, muted: event.on }
    case 'hide':
      return call.hidden === event.on ? call : { ...call, hidden: event.on }
    case 'digits':
      return { ...call, digits: (call.digits + event.digits).slice(-maxDigitsShown) }
    case 'transfer':
      return call.state.kind === 'ended' || call.transfer === event.transfer ? call : { ...call, transfer: event.transfer }
    case 'moved':
      return moved(call, event.end, event.to, event.now)
    case 'hold':
      return call.state.kind === 'connected' ? { ...call, state: { ...call.state, held: heldAfter(call.state.held, event.on) } } : call
    default:
      return never(event)
  }
}

/** Views may come twice, late and out of order: an older one does not count, and nothing wakes a call that is over. */
function applyView(call: Call, view: CallView, now: number): Call {
  if (call.state.kind === 'ended') return call
  // A ring says why it rings, also where the call was heard of before it.
  if (view.version < call.version) return view.reason === undefined || view.reason === call.reason ? call : { ...call, reason: view.reason }
  const seen: Call = {
    ...call, callKey: view.callKey, peer: named(view.peer, call.peer), version: view.version, peerAway: view.peerAway, room: view.room,
    reason: view.reason ?? call.reason, consults: view.consults ?? call.consults, backFrom: view.backFrom ?? call.backFrom,
    recording: view.recording, peerRecords: view.peerRecords,
  }
  if (view.phase === 'ended') return end(seen, view.end, '', now)
  return { ...seen, state: stateOf(seen.state, view) }
}

function stateOf(state: CallState, view: CallView): CallState {
  // Hanging up and answering are intents of the user: an older truth of the server does not undo them.
  if (state.kind === 'ending') return state
  // To its user it is one call, whoever the far side is by now.
  if (view.phase === 'connected') return { kind: 'connected', answeredAt: earliest(view.answeredAt, answeredAt(state)) ?? view.startedAt, held: view.held }
  if (state.kind === 'connected' || state.kind === 'answering') return state
  if (view.direction === 'in') return { kind: 'ringingIn' }
  return view.phase === 'ringing' ? { kind: 'ringingOut' } : state
}

function hangUp(call: Call): Call {
  switch (call.state.kind) {
    case 'ended':
    case 'ending':
      return call
    case 'ringingIn':
      return { ...call, state: { kind: 'ending', answeredAt: null, end: 'declined' } }
    case 'connected':
      return { ...call, state: { kind: 'ending', answeredAt: call.state.answeredAt, end: 'completed' } }
    case 'dialling':
    case 'ringingOut':
    case 'answering':
      return { ...call, state: { kind: 'ending', answeredAt: null, end: 'cancelled' } }
    default:
      return never(call.state)
  }
}

function end(call: Call, reason: CallEnd, by: string, now: number): Call {
  if (call.state.kind === 'ended') return call
  // Who hung up here is told so, whatever the server calls it.
  const told = call.state.kind === 'ending' ? call.state.end : call.transfer !== null && reason === 'cancelled' ? 'completed' : reason
  return { ...call, sound: 'none', hidden: false, state: { kind: 'ended', answeredAt: answeredAt(call.state), end: told, endedAt: now, by } }
}

/** The end may be known before the reason for it. */
function moved(call: Call, why: MovedEnd, to: string, now: number): Call {
  if (call.state.kind !== 'ended') return end({ ...call, state: endable(call.state) }, why, to, now)
  return call.state.end === 'completed' || (call.state.end === why && call.state.by === '') ? { ...call, state: { ...call.state, end: why, by: to } } : call
}

/** Who pressed hang-up meanwhile is told what became of the other side all the same. */
function endable(state: CallState): CallState {
  return state.kind === 'ending' && state.answeredAt !== null ? { kind: 'connected', answeredAt: state.answeredAt, held: 'nobody' } : state
}

function answeredAt(state: CallState): number | null {
  return state.kind === 'connected' || state.kind === 'ending' ? state.answeredAt : null
}

function heldAfter(held: HeldBy, byMe: boolean): HeldBy {
  const byPeer = held === 'peer' || held === 'both'
  return byMe ? (byPeer ? 'both' : 'me') : byPeer ? 'peer' : 'nobody'
}

const earliest = (one: number | null, other: number | null): number | null => (one === null || other === null ? (one ?? other) : Math.min(one, other))

const named = (now: Party, before: Party): Party => (now.name === '' && now.number === before.number ? before : now)
