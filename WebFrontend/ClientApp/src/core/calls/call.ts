import type { CallEnd as ServerEnd, MoveKind, Peer, RecordingPhase, RingReason as ServerReason } from '../../hub/contracts.gen'

/** Why this browser rings. */
export type RingReason = ServerReason

/** Who is at the other end, as far as it is known. */
export type Party = Peer

/** Why a call is over: the server's reasons, and those that only the browser knows. */
export type CallEnd =
  | Exclude<ServerEnd, 'none'>
  /** No microphone was given, so no call was placed. */
  | 'microphone'
  /** The server was out of reach for too long to place the call. */
  | 'notSent'
  /** It ended while this browser was away. */
  | 'whileAway'
  /** The far side was sent elsewhere, and is there. */
  | 'transferred'
  /** The far side waits in a slot. */
  | 'parked'
  /** The far side is in the conference. */
  | 'merged'
  /** The call goes on with another device of the user. */
  | 'switched'

export type HeldBy = 'nobody' | 'me' | 'peer' | 'both'

/**
 * What a call is doing, as its user sees it.
 *
 * ```
 *            ┌─────────┐  the server took it  ┌────────────┐  answered   ┌───────────┐
 *   dial ──► │ dialling├─────────────────────►│ ringingOut ├────────────►│ connected │
 *            └────┬────┘                      └─────┬──────┘      ┌─────►└─────┬─────┘
 *            ┌────▼─────┐   Answer   ┌───────────┐  │  the answer │            │
 *   ring ──► │ ringingIn├───────────►│ answering ├──┼─────────────┘            │
 *            └────┬─────┘            └─────┬─────┘  │                          │
 *                 └────────────┬───────────┴────────┴──────────────────────────┘
 *                   hung up here│                │ ended there
 *                         ┌─────▼──┐        ┌────▼──┐
 *                         │ ending ├───────►│ ended │
 *                         └────────┘        └───────┘
 * ```
 */
export type CallState =
  /** Asked for here; the server has not confirmed it. */
  | { readonly kind: 'dialling' }
  /** The far side is being rung, or a server's announcement plays. */
  | { readonly kind: 'ringingOut' }
  /** Somebody calls: the ring sounds and the overlay shows. */
  | { readonly kind: 'ringingIn' }
  /** The user pressed Answer; the server has not confirmed it. */
  | { readonly kind: 'answering' }
  | { readonly kind: 'connected'; readonly answeredAt: number; readonly held: HeldBy }
  /** The user hung up or declined; the intent lives until the server knows it. */
  | { readonly kind: 'ending'; readonly answeredAt: number | null; readonly end: 'completed' | 'cancelled' | 'declined' }
  | { readonly kind: 'ended'; readonly answeredAt: number | null; readonly end: CallEnd; readonly endedAt: number; readonly by: string }

/** Somebody of a call on their way elsewhere, or not taken there. */
export interface Transfer {
  readonly requestId: string
  readonly kind: MoveKind
  readonly to: Party
  /** The call that asks the target, when it was asked first. */
  readonly consultation: string | null
  /** Why it came to nothing; null while it is under way. */
  readonly failed: CallEnd | null
}

/** The recording of a call. */
export interface Recorded {
  readonly phase: Exclude<RecordingPhase, 'off'>
  /** The organisation records: it is not stopped before the end. */
  readonly automatic: boolean
  readonly startedAt: number
}

/** The sound path of a call in this tab; blocked is one that no attempt found, though attempts go on. */
export type Sound = 'none' | 'connecting' | 'flowing' | 'lost' | 'blocked'

export interface Call {
  readonly leg: string
  readonly callKey: string
  readonly direction: 'in' | 'out'
  readonly reason: RingReason
  readonly peer: Party
  readonly startedAt: number
  /** The newest version of the server's view that was applied; 0 before the first. */
  readonly version: number
  readonly state: CallState
  readonly sound: Sound
  readonly muted: boolean
  /** Put to the background by the user; still going on. */
  readonly hidden: boolean
  /** The digits that were sent in this call, for the user to see. */
  readonly digits: string
  /** The far side's device is out of reach for now; the call waits for it. */
  readonly peerAway: boolean
  /** The number of the conference that the call is in. */
  readonly room: string | null
  /** The leg for whose far side this call asks. */
  readonly consults: string | null
  readonly transfer: Transfer | null
  /** Who did not take the far side that the user had sent there. */
  readonly backFrom: Party | null
  /** The recording of the user's side. */
  readonly recording: Recorded | null
  /** The other side records, and that is to be shown. */
  readonly peerRecords: boolean
}

export const isOver = (call: Call): boolean => call.state.kind === 'ended'
export const isLive = (call: Call): boolean => call.state.kind !== 'ended' && call.state.kind !== 'ending'
export const isConnected = (call: Call): boolean => call.state.kind === 'connected'
export const isHeldByMe = (call: Call): boolean =>
  call.state.kind === 'connected' && (call.state.held === 'me' || call.state.held === 'both')

/** The server has it and its far side rings or talks: somebody else's far side can be connected to it. */
export const canBeJoined = (call: Call): boolean => call.state.kind === 'connected' || call.state.kind === 'ringingOut'
export const isUnderWay = (call: Call): boolean => call.transfer?.failed === null

/** Closes a switch over a union: the compiler refuses a case that is missing. */
export function never(value: never): never {
  throw new Error(`unexpected: ${JSON.stringify(value)}`)
}
