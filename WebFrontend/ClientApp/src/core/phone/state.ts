import type { Conference, KeyBoard, Me, MyConference, ParkBoard, PhoneHolder, PresenceEntry, SignOutReason, TenantInfo, UserSettings } from '../../hub/contracts.gen'
import { isConnected, isLive } from '../calls/call'
import type { CallList } from '../calls/callList'
import type { CallElsewhere } from '../calls/views'

export type Connection =
  | { readonly kind: 'signedOut'; readonly reason: SignOutReason | null }
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'attached' }
  | { readonly kind: 'waiting'; readonly attempt: number; readonly retryAt: number }

/** Something that the user is told once; a new one has a new id. */
export interface Notice {
  readonly id: number
  readonly kind: 'microphoneDenied' | 'microphoneMissing' | 'microphoneBusy' | 'digitsNotSent' | 'notHere' | 'commandFailed' | 'notYours' | 'notRecorded'
}

export interface PhoneState {
  readonly connection: Connection
  readonly me: Me | null
  readonly tenant: TenantInfo | null
  readonly settings: UserSettings | null
  readonly calls: CallList
  readonly elsewhere: readonly CallElsewhere[]
  readonly presence: ReadonlyMap<string, PresenceEntry>
  /** Those that calls of the user are in, by number. */
  readonly conferences: ReadonlyMap<string, Conference>
  /** The user's own conference, while it is known: on while it has members. */
  readonly myConference: MyConference | null
  readonly parkBoard: ParkBoard | null
  readonly keyBoard: KeyBoard
  /** This tab has the phone: calls ring and sound here. */
  readonly holdsPhone: boolean
  readonly holder: PhoneHolder | null
  /** The user let the phone ring and use the microphone in this tab. */
  readonly armed: boolean
  /** The leg that the user chose to act on. */
  readonly chosen: string | null
  /** The leg that this browser answered by itself last. */
  readonly answeredItself: string | null
  readonly notice: Notice | null
}

export const initialState: PhoneState = {
  connection: { kind: 'signedOut', reason: null },
  me: null, tenant: null, settings: null, calls: [], elsewhere: [], presence: new Map(), conferences: new Map(), myConference: null, parkBoard: null, keyBoard: { version: 0, keys: [] },
  holdsPhone: false, holder: null, armed: false, chosen: null, answeredItself: null, notice: null,
}

/** The words of the status line. */
export type StatusWord = 'ready' | 'connecting' | 'disconnected' | 'inCall' | 'otherTab' | 'notArmed' | 'signedOut'

export function statusWord(state: PhoneState): StatusWord {
  switch (state.connection.kind) {
    case 'signedOut':
      return 'signedOut'
    case 'connecting':
      return state.connection.attempt === 0 ? 'connecting' : 'disconnected'
    case 'waiting':
      return 'disconnected'
    case 'attached':
      if (state.calls.some((call) => isConnected(call) && isLive(call))) return 'inCall'
      if (!state.armed) return 'notArmed'
      if (state.holdsPhone) return 'ready'
      return state.holder?.tabId == null ? 'connecting' : 'otherTab'
  }
}
