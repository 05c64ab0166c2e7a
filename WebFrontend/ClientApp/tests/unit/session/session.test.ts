import { describe, expect, it } from 'vitest'
import { backoffMs } from '../../../src/core/session/backoff'
import { elect, outside, type Election, type ElectionMessage } from '../../../src/core/session/election'

describe('back-off', () => {
  it('begins at once, grows, and stays within fifteen seconds and their spread', () => {
    expect(backoffMs(0, 0.5)).toBe(0)
    for (let attempt = 1; attempt < 20; attempt++) {
      expect(backoffMs(attempt, 0.5)).toBeGreaterThanOrEqual(backoffMs(attempt - 1, 0.5))
      expect(backoffMs(attempt, 0.999)).toBeLessThanOrEqual(18_000)
      expect(backoffMs(attempt, 0)).toBeLessThan(backoffMs(attempt, 0.9))
    }
  })
})

/** Tabs that hear each other. */
class Tabs {
  readonly all = new Map<string, Election>()

  input(tab: string, input: Parameters<typeof elect>[1]): void {
    const { election, say } = elect(this.all.get(tab) ?? outside(tab), input)
    this.all.set(tab, election)
    if (say !== null) this.#say(tab, say)
  }

  leaders(): string[] {
    return [...this.all].filter(([, election]) => election.standing === 'leading').map(([tab]) => tab)
  }

  #say(from: string, message: ElectionMessage): void {
    for (const tab of this.all.keys()) if (tab !== from) this.input(tab, { kind: 'heard', message })
  }
}

describe('the lead without locks', () => {
  it('goes to the first tab, then stays', () => {
    const tabs = new Tabs()
    tabs.input('a', { kind: 'enter' })
    tabs.input('a', { kind: 'silence' })
    tabs.input('b', { kind: 'enter' })
    expect(tabs.leaders()).toEqual(['a'])
    expect(tabs.all.get('b')?.standing).toBe('following')
  })

  it('goes on when the leader leaves, or is silent for too long', () => {
    const tabs = new Tabs()
    for (const tab of ['a', 'b']) tabs.input(tab, { kind: 'enter' })
    tabs.input('a', { kind: 'silence' })
    tabs.input('a', { kind: 'leave' })
    tabs.input('b', { kind: 'silence' })
    expect(tabs.leaders()).toEqual(['b'])
  })

  it('can be stolen', () => {
    const tabs = new Tabs()
    for (const tab of ['a', 'b']) tabs.input(tab, { kind: 'enter' })
    tabs.input('a', { kind: 'silence' })
    tabs.input('b', { kind: 'steal' })
    expect(tabs.leaders()).toEqual(['b'])
    tabs.input('b', { kind: 'beat' })
    expect(tabs.leaders()).toEqual(['b'])
  })

  it('ends with one leader when two thought that they were', () => {
    const tabs = new Tabs()
    tabs.all.set('a', { tab: 'a', standing: 'leading', leader: 'a' })
    tabs.all.set('b', { tab: 'b', standing: 'leading', leader: 'b' })
    tabs.input('b', { kind: 'beat' })
    expect(tabs.leaders()).toEqual(['a'])
  })
})
