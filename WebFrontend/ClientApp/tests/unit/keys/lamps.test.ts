import { describe, expect, it } from 'vitest'
import type { PhoneKeyKind, PresenceEntry } from '../../../src/hub/contracts.gen'
import { initialState } from '../../../src/core/phone/state'
import { lampOf } from '../../../src/ui/keys/lamp'

const entry = (change: Partial<PresenceEntry>): PresenceEntry => ({ extension: '102', version: 1, state: 'idle', doNotDisturb: false, calls: 0, ...change })
const key = (kind: PhoneKeyKind, target = ''): { kind: PhoneKeyKind; target: string; label: string } => ({ kind, target, label: '' })

describe('a lamp', () => {
  it.each([
    [{ state: 'offline' }, 'off'], [{ state: 'idle' }, 'free'], [{ state: 'ringing' }, 'ringing'], [{ state: 'onCall' }, 'busy'], [{ state: 'held' }, 'held'],
    [{ state: 'doNotDisturb', doNotDisturb: true }, 'away'], [{ state: 'onCall', doNotDisturb: true }, 'busy'],
  ] as const)('of a colleague who is %j is %s', (change, lamp) => {
    expect(lampOf(key('person', '102'), { ...initialState, presence: new Map([['102', entry(change)]]) })).toBe(lamp)
  })

  it('of somebody of whom nothing is known is off', () => expect(lampOf(key('person', '102'), initialState)).toBe('off'))

  it('of a slot says whether somebody waits there', () => {
    const who = { number: '103', name: '', extension: '103' }
    const parkBoard = { version: 1, slots: [{ slot: '701', who, by: who, since: null }, { slot: '702', who: null, by: null, since: null }] }
    expect(['701', '702'].map((slot) => lampOf(key('slot', slot), { ...initialState, parkBoard }))).toEqual(['parked', 'off'])
  })

  it('CNF-11 of my conference is lit while it is on, with me in it or not', () => {
    const lamps = [2, 0].map((members) => lampOf(key('conference'), { ...initialState, myConference: { number: '99901', members, version: 1 } }))
    expect([...lamps, lampOf(key('conference'), initialState)]).toEqual(['busy', 'off', 'off'])
  })
})
