import { describe, expect, it } from 'vitest'
import { isPoor, lossPercent, untried, verdict, withOnly, type Way } from '../../../src/core/preflight/ways'

const open = (roundTripMs: number | null = 20, loss: number | null = 0): Way => ({ kind: 'open', roundTripMs, lossPercent: loss })
const blocked: Way = { kind: 'blocked' }

describe('N5 the ways of sound', () => {
  it.each([
    [open(), blocked, 'good'],
    [open(null, null), blocked, 'good'],
    [open(301), open(), 'warning'],
    [open(20, 4), open(), 'warning'],
    [blocked, open(), 'warning'],
    [blocked, blocked, 'bad'],
  ] as const)('%o and %o are %s', (udp, tcp, result) => {
    expect(verdict({ ...untried, udp, tcp })).toBe(result)
  })

  it('a relay alone is a detour', () => {
    expect(verdict({ udp: blocked, tcp: blocked, relay: open() })).toBe('warning')
  })

  it('is poor from where people notice', () => {
    expect([open(300, 3), open(301, 0), open(0, 4), blocked].map(isPoor)).toEqual([false, true, true, false])
  })

  it('counts what did not come back, but for a packet at the edges', () => {
    expect([lossPercent(75, 75), lossPercent(75, 74), lossPercent(75, 76), lossPercent(75, 60), lossPercent(75, 0), lossPercent(0, 0)]).toEqual([0, 0, 0, 20, 100, null])
  })

  it('keeps the candidates of one transport, and every other line as it is', () => {
    const answer = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=candidate:1 1 UDP 2130706431 192.0.2.1 10000 typ host\r\na=candidate:2 1 tcp 1671430143 192.0.2.1 10000 typ host tcptype passive\r\na=end-of-candidates\r\n'
    const [udp, tcp] = [withOnly('udp', answer), withOnly('tcp', answer)]
    expect(udp.match(/a=candidate.*/g)).toEqual(['a=candidate:1 1 UDP 2130706431 192.0.2.1 10000 typ host'])
    expect(tcp.match(/a=candidate.*/g)).toEqual(['a=candidate:2 1 tcp 1671430143 192.0.2.1 10000 typ host tcptype passive'])
    expect([udp, tcp].map((text) => text.split('\r\n').length)).toEqual([5, 5])
  })
})
