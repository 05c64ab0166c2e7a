import { describe, expect, it } from 'vitest'
import { Idle } from '../../../src/core/session/idle'
import { TestClock } from '../../support/clock'
import { TestMemory } from '../../support/desk'

const minute = 60_000

function make(memory = new TestMemory(), clock = new TestClock()) {
  const state = { busy: false, over: 0 }
  const idle = new Idle(20 * minute, { clock, memory, busy: () => state.busy, over: () => state.over++ })
  idle.start()
  return { idle, state, clock, memory }
}

describe('ACC-17 a session that nobody uses', () => {
  it('ends after its time, once', async () => {
    const { state, clock } = make()
    await clock.advance(20 * minute - 1)
    expect(state.over).toBe(0)
    await clock.advance(1)
    expect(state.over).toBe(1)
    await clock.advance(60 * minute)
    expect(state.over).toBe(1)
    expect(clock.armed).toBe(0)
  })

  it('goes on while somebody is here', async () => {
    const { idle, state, clock } = make()
    for (let i = 0; i < 6; i++) {
      await clock.advance(15 * minute)
      idle.used()
    }
    expect(state.over).toBe(0)
    await clock.advance(20 * minute)
    expect(state.over).toBe(1)
  })

  it('goes on while another tab is used', async () => {
    const { state, clock, memory } = make()
    await clock.advance(15 * minute)
    memory.write('lastUsed', String(clock.now()))
    await clock.advance(15 * minute)
    expect(state.over).toBe(0)
    await clock.advance(5 * minute)
    expect(state.over).toBe(1)
  })

  it('goes on during a call, and its time begins after it', async () => {
    const { state, clock } = make()
    state.busy = true
    await clock.advance(120 * minute)
    expect(state.over).toBe(0)
    state.busy = false
    await clock.advance(14 * minute)
    expect(state.over).toBe(0)
    await clock.advance(6 * minute)
    expect(state.over).toBe(1)
  })

  it('is not watched any more when it was ended otherwise', async () => {
    const { idle, state, clock } = make()
    idle.stop()
    await clock.advance(60 * minute)
    expect(state.over).toBe(0)
  })
})
