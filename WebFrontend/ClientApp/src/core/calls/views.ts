import type { BrowserCall, CallEnd as ServerEnd, Instant, Ring } from '../../hub/contracts.gen'
import type { CallEnd, HeldBy, Recorded } from './call'
import type { CallView } from './callMachine'

/** A call of the user that another device has: shown, not controlled. */
export interface CallElsewhere {
  readonly callKey: string
  readonly version: number
  readonly direction: 'in' | 'out'
  readonly peer: BrowserCall['peer']
  readonly ringing: boolean
  readonly startedAt: number
}

/** Server times as times of this machine's clock. */
export type Localise = (instant: Instant) => number

export function localiser(serverTime: Instant, now: number): Localise {
  const ahead = now - Date.parse(serverTime)
  return (instant) => Date.parse(instant) + ahead
}

export function viewOf(call: BrowserCall, leg: string, local: Localise): CallView {
  return {
    leg,
    callKey: call.callKey,
    version: call.version,
    phase: call.phase,
    direction: call.direction === 'inbound' ? 'in' : 'out',
    peer: call.peer,
    held: heldBy(call),
    startedAt: local(call.startedAt),
    answeredAt: call.answeredAt === null ? null : local(call.answeredAt),
    end: endOf(call.end),
    peerAway: call.peerAway,
    room: call.room,
    consults: call.consults,
    backFrom: call.backFrom,
    recording: recordedOf(call, local),
    peerRecords: call.peerRecords,
  }
}

/** A ring carries no version: whatever the server says of the call later is newer. */
export function viewOfRing(ring: Ring, local: Localise): CallView {
  return {
    leg: ring.leg, callKey: ring.callKey, version: 0, phase: 'ringing', direction: 'in', peer: ring.caller, held: 'nobody',
    startedAt: local(ring.startedAt), answeredAt: null, end: 'completed', peerAway: false, room: null, consults: null, backFrom: null, reason: ring.reason, recording: null, peerRecords: false,
  }
}

export function elsewhereOf(call: BrowserCall, local: Localise): CallElsewhere {
  return {
    callKey: call.callKey, version: call.version, direction: call.direction === 'inbound' ? 'in' : 'out', peer: call.peer,
    ringing: call.phase !== 'connected', startedAt: local(call.answeredAt ?? call.startedAt),
  }
}

function recordedOf({ recording }: BrowserCall, local: Localise): Recorded | null {
  return recording === null || recording.phase === 'off' ? null : { phase: recording.phase, automatic: recording.automatic, startedAt: local(recording.startedAt) }
}

export const endOf = (end: ServerEnd): CallEnd => (end === 'none' ? 'completed' : end)

function heldBy(call: BrowserCall): HeldBy {
  if (call.held) return call.heldByPeer ? 'both' : 'me'
  return call.heldByPeer ? 'peer' : 'nobody'
}
