import { describe, expect, it } from 'vitest'
import type { Call, CallState } from '../../../src/core/calls/call'
import { applyView, catchUp, focused } from '../../../src/core/calls/callList'
import { fromView, placed, step, type CallEvent, type CallView } from '../../../src/core/calls/callMachine'

const peer = { number: '102', name: 'Ben', extension: '102' }
const view = (change: Partial<CallView> = {}): CallView => ({
  leg: 'a', callKey: 'k', version: 2, phase: 'connected', direction: 'out', peer, held: 'nobody', startedAt: 1, answeredAt: 5, end: 'completed', peerAway: false, room: null, consults: null, backFrom: null, recording: null, peerRecords: false, ...change,
})

const states: CallState[] = [
  { kind: 'dialling' }, { kind: 'ringingOut' }, { kind: 'ringingIn' }, { kind: 'answering' }, { kind: 'connected', answeredAt: 5, held: 'nobody' },
  { kind: 'ending', answeredAt: null, end: 'completed' }, { kind: 'ended', answeredAt: null, end: 'busy', endedAt: 9, by: '' },
]

const inState = (state: CallState): Call => ({ ...placed('a', peer, 1), version: 1, direction: state.kind === 'ringingIn' || state.kind === 'answering' ? 'in' : 'out', state })

/** Every state by every event: what the state is afterwards. */
const table: readonly (readonly [CallEvent, ...CallState['kind'][]])[] = [
  [{ kind: 'placed' }, 'ringingOut', 'ringingOut', 'ringingIn', 'answering', 'connected', 'ending', 'ended'],
  [{ kind: 'answer' }, 'dialling', 'ringingOut', 'answering', 'answering', 'connected', 'ending', 'ended'],
  [{ kind: 'answerFailed' }, 'dialling', 'ringingOut', 'ringingIn', 'ringingIn', 'connected', 'ending', 'ended'],
  [{ kind: 'hangUp' }, 'ending', 'ending', 'ending', 'ending', 'ending', 'ending', 'ended'],
  [{ kind: 'over', end: 'failed', by: '', now: 9 }, 'ended', 'ended', 'ended', 'ended', 'ended', 'ended', 'ended'],
  [{ kind: 'hold', on: true }, 'dialling', 'ringingOut', 'ringingIn', 'answering', 'connected', 'ending', 'ended'],
  [{ kind: 'transfer', transfer: { requestId: 'r', kind: 'send', to: peer, consultation: null, failed: null } }, 'dialling', 'ringingOut', 'ringingIn', 'answering', 'connected', 'ending', 'ended'],
  [{ kind: 'moved', end: 'transferred', to: 'Clara', now: 9 }, 'ended', 'ended', 'ended', 'ended', 'ended', 'ended', 'ended'],
  [{ kind: 'view', now: 9, view: view({ phase: 'routing' }) }, 'dialling', 'ringingOut', 'ringingIn', 'answering', 'connected', 'ending', 'ended'],
  [{ kind: 'view', now: 9, view: view({ phase: 'ringing' }) }, 'ringingOut', 'ringingOut', 'ringingOut', 'answering', 'connected', 'ending', 'ended'],
  [{ kind: 'view', now: 9, view: view() }, 'connected', 'connected', 'connected', 'connected', 'connected', 'ending', 'ended'],
  [{ kind: 'view', now: 9, view: view({ phase: 'ended' }) }, 'ended', 'ended', 'ended', 'ended', 'ended', 'ended', 'ended'],
  [{ kind: 'view', now: 9, view: view({ version: 0, phase: 'ended' }) }, 'dialling', 'ringingOut', 'ringingIn', 'answering', 'connected', 'ending', 'ended'],
]

describe('a call', () => {
  for (const [event, ...after] of table) {
    const name = event.kind === 'view' ? `view ${event.view.phase} v${event.view.version}` : event.kind
    it.each(states.map((state, at) => [state.kind, after[at], state] as const))(`${name}: %s becomes %s`, (_, expected, state) => {
      expect(step(inState(state), event).state.kind).toBe(expected)
    })
  }

  it('keeps how it ended, whatever comes later', () => {
    const ended = inState({ kind: 'ended', answeredAt: 5, end: 'busy', endedAt: 9, by: '' })
    expect(step(ended, { kind: 'over', end: 'failed', by: 'x', now: 20 })).toBe(ended)
    expect(step(ended, { kind: 'view', now: 20, view: view({ version: 99 }) })).toBe(ended)
  })

  it('tells who hung up here that they did, whatever the server calls it', () => {
    const ending = step(inState({ kind: 'ringingIn' }), { kind: 'hangUp' })
    expect(step(ending, { kind: 'over', end: 'cancelled', by: '', now: 9 }).state).toMatchObject({ end: 'declined' })
  })

  it('keeps a name that a later view does not know', () => {
    expect(step(inState({ kind: 'ringingOut' }), { kind: 'view', now: 1, view: view({ peer: { number: '102', name: '', extension: null } }) }).peer.name).toBe('Ben')
  })

  it('ends in any order of views, late, doubled and mixed with the user', () => {
    const views = [view({ version: 2, phase: 'ringing' }), view({ version: 3 }), view({ version: 4, held: 'peer' }), view({ version: 5, phase: 'ended', end: 'completed' })]
    for (let seed = 0; seed < 500; seed++) {
      let random = seed + 1
      const next = (): number => (random = (random * 48_271) % 2_147_483_647) / 2_147_483_647
      let call = placed('a', peer, 1)
      const seen: number[] = []
      for (let i = 0; i < 30; i++) {
        const at = Math.floor(next() * views.length)
        const event: CallEvent = next() < 0.2 ? { kind: 'hangUp' } : next() < 0.2 ? { kind: 'hold', on: next() < 0.5 } : { kind: 'view', now: 9, view: views[at] ?? view() }
        call = step(call, event)
        seen.push(call.version)
      }
      call = step(call, { kind: 'view', now: 9, view: views[3] ?? view() })
      expect(call.state.kind).toBe('ended')
      expect(seen).toEqual([...seen].sort((a, b) => a - b))
    }
  })
})

describe('the calls', () => {
  it('do not learn of a call by its end', () => {
    const calls = [placed('b', peer, 1)]
    expect(applyView(calls, view({ phase: 'ended' }), 1)).toBe(calls)
  })

  it('go on in another call whose news comes after the end of the first, and not for late news of the first', () => {
    const ended = applyView([fromView(view({ callKey: 'one', phase: 'connected' }), 1)], view({ callKey: 'one', version: 5, phase: 'ended' }), 2)
    expect(ended[0]?.state.kind).toBe('ended')
    expect(applyView(ended, view({ callKey: 'one', version: 6, phase: 'connected' }), 3)).toBe(ended)
    expect(applyView(ended, view({ callKey: 'two', version: 4, phase: 'connected' }), 3).map((call) => call.state.kind)).toEqual(['connected'])
  })

  it('stay as they are when a catch-up brings nothing new', () => {
    const calls = applyView([], view(), 1)
    expect(catchUp(calls, [view()], 2)).toEqual(calls)
  })

  it('keep a call that is on its way to the server over a catch-up', () => {
    const calls = catchUp([placed('b', peer, 1), inState({ kind: 'connected', answeredAt: 1, held: 'nobody' })], [], 3)
    expect(calls.map((call) => call.state.kind)).toEqual(['dialling', 'ended'])
  })

  it('put the focus on the chosen call, else on the one that talks, else on the newest', () => {
    const held = { ...fromView(view({ leg: 'h', held: 'me' }), 1) }
    const talks = fromView(view({ leg: 't' }), 1)
    const rings = fromView(view({ leg: 'r', phase: 'ringing', direction: 'in' }), 1)
    expect(focused([talks, held, rings], null)?.leg).toBe('t')
    expect(focused([talks, held, rings], 'h')?.leg).toBe('h')
    expect(focused([held], null)?.leg).toBe('h')
    expect(focused([rings], 'r')).toBeNull()
  })
})
