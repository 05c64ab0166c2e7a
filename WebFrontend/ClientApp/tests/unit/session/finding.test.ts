import { describe, expect, it } from 'vitest'
import { ApiError, type Api } from '../../../src/adapters/api'
import { Session } from '../../../src/ui/session'
import { TestClock } from '../../support/clock'

function world() {
  const clock = new TestClock()
  const server = { answers: 'network' as 'network' | 'in' | 'out', asked: 0 }
  const account = { extension: '101' }
  const api = {
    account: () => {
      server.asked++
      if (server.answers === 'in') return Promise.resolve(account)
      return Promise.reject(new ApiError(server.answers === 'out' ? 401 : 0, server.answers, null))
    },
  } as unknown as Api
  const session = new Session(api, clock, { next: () => 0.5, id: () => '' })
  return { clock, server, session, kind: () => session.state.get().kind }
}

describe('finding who is signed in', () => {
  it('does not show a single hiccup', async () => {
    const { clock, server, session, kind } = world()
    await session.find()
    expect(kind()).toBe('unknown')
    server.answers = 'out'
    await clock.advance(0)
    expect(kind()).toBe('out')
    expect(server.asked).toBe(2)
    expect(clock.armed).toBe(0)
  })

  it('goes on asking, ever slower, and says that the server cannot be reached', async () => {
    const { clock, server, session, kind } = world()
    await session.find()
    await clock.advance(10_000)
    expect(kind()).toBe('unreachable')
    expect(server.asked).toBeGreaterThan(4)
    await clock.advance(600_000)
    expect(server.asked).toBeLessThan(60)
    server.answers = 'in'
    await clock.advance(20_000)
    expect(kind()).toBe('in')
  })

  it('asks at once when the network is back, and not when there is nothing to ask', async () => {
    const { clock, server, session, kind } = world()
    await session.find()
    await clock.advance(30_000)
    server.answers = 'in'
    session.nudge()
    await clock.advance(0)
    expect(kind()).toBe('in')
    const { asked } = server
    session.nudge()
    await session.find()
    await clock.advance(60_000)
    expect(server.asked).toBe(asked)
  })

  it('leaves a session alone that was begun meanwhile', async () => {
    const { clock, server, session, kind } = world()
    await session.find()
    session.ended()
    server.answers = 'in'
    await clock.advance(60_000)
    expect(kind()).toBe('out')
  })
})
