import type { Call } from './call'
import { isConnected, isHeldByMe, isLive } from './call'
import type { CallEvent, CallView } from './callMachine'
import { fromView, step } from './callMachine'

/** The calls of this session, oldest first. Immutable: every change makes a new list, no change gives the same one. */
export type CallList = readonly Call[]

export const find = (calls: CallList, leg: string): Call | undefined => calls.find((call) => call.leg === leg)

export function change(calls: CallList, leg: string, event: CallEvent): CallList {
  const before = find(calls, leg)
  if (before === undefined) return calls
  const after = step(before, event)
  return after === before ? calls : calls.map((call) => (call.leg === leg ? after : call))
}

/**
 * A view of a known call changes it; one of an unknown call that goes on adds it. A leg may go on in another call, and the end of the one that it
 * was in may be heard of first.
 */
export function applyView(calls: CallList, view: CallView, now: number): CallList {
  const known = find(calls, view.leg)
  if (known?.state.kind === 'ended' && view.phase !== 'ended' && view.callKey !== known.callKey) {
    return calls.map((call) => (call === known ? fromView(view, now) : call))
  }
  if (known !== undefined) return change(calls, view.leg, { kind: 'view', view, now })
  return view.phase === 'ended' ? calls : [...calls, fromView(view, now)]
}

/**
 * The whole truth after an absence: what the server does not know any more is over. A call that was dialled here and that the server
 * has not confirmed stays, because its command is sent again.
 */
export function catchUp(calls: CallList, views: readonly CallView[], now: number): CallList {
  const known = new Set(views.map((view) => view.leg))
  const gone = (call: Call): boolean => !known.has(call.leg) && !(call.state.kind === 'dialling' && call.version === 0)
  const swept = calls.map((call) => (gone(call) ? step(call, { kind: 'over', end: 'whileAway', by: '', now }) : call))
  return views.reduce((list, view) => applyView(list, view, now), unchanged(calls, swept))
}

/** The call that keys and headset buttons act on: the chosen one while it lives, else the one that talks, else the newest. */
export function focused(calls: CallList, chosen: string | null): Call | null {
  const live = calls.filter((call) => isLive(call) && call.state.kind !== 'ringingIn')
  const picked = live.find((call) => call.leg === chosen)
  return picked ?? live.findLast((call) => isConnected(call) && !isHeldByMe(call)) ?? live.at(-1) ?? null
}

export const ringing = (calls: CallList): Call | null => calls.find((call) => call.state.kind === 'ringingIn') ?? null

function unchanged(before: CallList, after: CallList): CallList {
  return after.every((call, at) => call === before[at]) ? before : after
}
