import { describe, expect, it } from 'vitest'
import type { HistoryItem } from '../../../src/hub/contracts.gen'
import { dialable, isCallable, numberKey } from '../../../src/core/people/numbers'
import { recentCount, recentParties } from '../../../src/core/people/recent'
import { search } from '../../../src/core/people/search'
import { callText, callerOf } from '../../../src/sw/texts'
import { makeNumbering } from '../../../src/ui/people/numbering'
import { shown } from '../../../src/ui/people/useParty'

const { toE164, pretty } = makeNumbering(['de-DE'])

describe('N17 numbers', () => {
  it.each([
    ['+49 30 5550 1882', '03055501882'], ['0049 30 55501882', '+493055501882'], ['(030) 555-01882', '+49 30 55501882'], ['+44 20 7946 0958', '00442079460958'],
  ])('%s and %s are one party', (one, other) => {
    expect(numberKey(one, toE164)).toBe(numberKey(other, toE164))
    expect(numberKey(one)).toBe(numberKey(other))
  })

  it.each([['101', '102'], ['*43', '43'], ['+493055501882', '+493055501883'], ['1234', '991234']])('%s and %s are two', (one, other) => {
    expect(numberKey(one, toE164)).not.toBe(numberKey(other, toE164))
  })

  it.each([
    ['Tel. (030) 12-34', '0301234'], ['+49 (0) 30 1234', '+49301234'], ['tel:+4930-1234', '+49301234'], ['*43', '*43'], ['sip:102@demo.example', '102@demo.example'], ['  ', ''], ['101', '101'], ['call me', ''],
  ])('out of "%s" comes %s', (text, number) => {
    expect(dialable(text)).toBe(number)
  })

  it.each([['102', true], ['+493055501882', true], ['*43', true], ['anonymous', false], ['', false]])('"%s" can be called: %s', (number, can) => {
    expect(isCallable(number)).toBe(can)
  })

  it('shows outside numbers as people write them and leaves extensions alone', () => {
    expect(pretty('+493055501882')).toBe('030 55501882')
    expect(pretty('+442079460958')).toBe('+44 20 7946 0958')
    expect(pretty('101')).toBe('101')
    expect(pretty('*43')).toBe('*43')
  })
})

const call = (number: string, at: number): HistoryItem => ({
  callKey: String(at), direction: 'inbound', peer: { number, name: '', extension: null }, line: '', startedAt: new Date(at).toISOString(), answeredAt: null, endedAt: null, durationSeconds: 0, end: 'completed', missed: false, recordings: [],
})

describe('who is shown', () => {
  it.each([
    ['', 'anonymous', 'Anonym', 'Anonym', false], ['Anonymous', 'anonymous', 'Anonym', 'Anonym', false], ['anonymous', '+4930', '+4930', '+4930', false],
    ['Mother', 'anonymous', 'Mother', 'Anonym', true], ['Ben', '102', 'Ben', '102', true], ['', '102', '102', '102', false], ['', '', '', '', false],
  ])('of the name "%s" and the number "%s" is "%s" and "%s"', (name, number, shownName, shownNumber, known) => {
    expect(shown(name, number, 'Anonym')).toEqual({ name: shownName, number: shownNumber, known })
  })

  it.each([
    [{ name: '', number: 'anonymous' }, 'Anonym'], [{ name: 'Anonymous', number: 'anonymous' }, 'Anonym'], [{ name: 'Mother', number: 'anonymous' }, 'Mother'], [{ name: '', number: '102' }, '102'],
    [{ name: '', number: '' }, 'Unbekannte Nummer'], [undefined, 'Unbekannte Nummer'],
  ])('by a notification of %j in German is "%s"', (caller, word) => expect(callerOf(caller, callText('de-AT'))).toBe(word))
})

describe('SID-03 recent calls', () => {
  it('name each party once, the newest first, at most twenty', () => {
    const history = [call('102', 90), call('+493055501882', 80), call('030 55501882', 70), call('102', 60), ...Array.from({ length: 40 }, (_, at) => call(String(200 + at), 50 - at))]
    const recent = recentParties(history, toE164)
    expect(recent).toHaveLength(recentCount)
    expect(recent.slice(0, 3).map((item) => item.callKey)).toEqual(['90', '80', '50'])
  })
})

describe('search', () => {
  const people = [{ name: 'Ben Okafor', number: '102' }, { name: 'Elif Yılmaz', number: '105' }, { name: 'Jörg Müller-Benz', number: '210' }, { name: 'Berta Ohm', number: '+493055501882' }]
  it.each([['', 4], ['ben', 2], ['muller', 1], ['yilmaz', 1], ['10', 3], ['ben ok', 1], ['030 55501882', 1], ['zzz', 0], ['benz jorg', 1]])('"%s" finds %i', (query, count) => {
    expect(search(people, query)).toHaveLength(count)
  })

  it('puts a name that begins so before one that has it inside', () => {
    expect(search([{ name: 'Reuben', number: '1' }, { name: 'Ben', number: '2' }], 'ben')[0]?.name).toBe('Ben')
  })
})
