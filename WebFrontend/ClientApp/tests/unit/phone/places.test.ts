import { describe, expect, it } from 'vitest'
import { ben, Desk } from '../../support/desk'
import { settle } from '../../support/clock'

const clara = { number: '103', name: 'Clara Moreau', extension: '103' }

async function inConference(desk: Desk): Promise<string> {
  const leg = await desk.talking()
  desk.server.change(leg, { room: '99901' })
  meet(desk, ['101', '102'])
  return leg
}

const meet = (desk: Desk, extensions: readonly string[], ringing: readonly string[] = []): void => desk.server.meet({
  number: '99901', host: '101', locked: false, startedAt: null,
  invitees: ringing.map((extension) => ({ leg: `ringing-${extension}`, who: { number: extension, name: '', extension }, by: ben, since: '' })),
  members: extensions.map((extension) => ({ leg: `member-${extension}`, who: { number: extension, name: '', extension }, joinedAt: '', muted: false, holding: false, speaking: false })),
})

describe('conferences', () => {
  it('CNF-01, CNF-02 merges a call with the one that asks for it, whose card is over', async () => {
    const desk = await Desk.ready()
    const first = await desk.talking()
    const second = (await desk.phone.consult(first, '103')) ?? ''
    desk.server.connect(second)
    await settle()
    desk.phone.moves.merge(first, second)
    await settle()
    const asked = desk.server.asked.filter((name) => name === `resume ${first}` || name.startsWith('transfer '))
    expect(asked).toEqual([`resume ${first}`, `transfer ${first} ${second}`])
    expect(desk.server.transfers.get(first)).toMatchObject({ kind: 'merge', consultation: second, target: null })
    desk.server.change(first, { room: '99901' })
    desk.server.settle(first, 'done', 'none', '99901')
    expect(desk.call(second).state).toMatchObject({ kind: 'ended', end: 'merged' })
    expect(desk.call(first)).toMatchObject({ state: { kind: 'connected' }, room: '99901', transfer: null })
  })

  it('CNF-03 shows who is in, and nobody once it is over; an older word changes nothing', async () => {
    const desk = await Desk.ready()
    await inConference(desk)
    const members = (): number => desk.phone.state.get().conferences.get('99901')?.members.length ?? 0
    expect(members()).toBe(2)
    const old = desk.server.conferences.get('99901')
    meet(desk, ['101', '102', '103'])
    expect(members()).toBe(3)
    if (old !== undefined) desk.server.repeat(old)
    expect(members()).toBe(3)
    meet(desk, [])
    expect(members()).toBe(0)
  })

  it('CNF-04, CNF-07 calls somebody in, who comes to the conference; the eleventh is refused with the reason', async () => {
    const desk = await Desk.ready()
    const leg = await inConference(desk)
    desk.phone.moves.transfer(leg, clara)
    await settle()
    desk.server.settle(leg, 'done', 'none', '99901')
    expect(desk.call(leg)).toMatchObject({ state: { kind: 'connected' }, transfer: null })
    desk.phone.moves.transfer(leg, clara)
    await settle()
    desk.server.settle(leg, 'failed', 'roomFull')
    expect(desk.call(leg).transfer).toMatchObject({ failed: 'roomFull' })
  })

  it('CNF-05, CNF-06 asks somebody first, holds the own leg of the conference meanwhile, and sends them in', async () => {
    const desk = await Desk.ready()
    const first = await inConference(desk)
    const second = (await desk.phone.consult(first, '103')) ?? ''
    desk.server.connect(second)
    await settle()
    expect(desk.call(first)).toMatchObject({ room: '99901', state: { kind: 'connected', held: 'me' } })
    expect(desk.call(second).consults).toBe(first)
    desk.phone.moves.merge(first, second)
    await settle()
    expect(desk.server.transfers.get(first)).toMatchObject({ kind: 'merge', consultation: second, target: null })
    desk.server.settle(first, 'done', 'none', '99901')
    expect(desk.call(second).state).toMatchObject({ kind: 'ended', end: 'merged' })
    expect(desk.call(first)).toMatchObject({ room: '99901', transfer: null, state: { kind: 'connected' } })
  })

  it('CTL-08, CNF-15 makes a conference of two by calling a third in, without asking them first', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.moves.callIn(leg, clara)
    await settle()
    expect(desk.server.transfers.get(leg)).toMatchObject({ kind: 'merge', target: '103', consultation: null })
    desk.server.change(leg, { room: '99901' })
    desk.server.settle(leg, 'failed', 'busy')
    expect(desk.call(leg)).toMatchObject({ state: { kind: 'connected' }, room: '99901', transfer: { to: clara, failed: 'busy' } })
  })

  it('CNF-04 shows who is called in, and stops calling them without a word of failure', async () => {
    const desk = await Desk.ready()
    const leg = await inConference(desk)
    desk.phone.moves.callIn(leg, clara)
    await settle()
    expect(desk.server.transfers.get(leg)).toMatchObject({ kind: 'send', target: '103' })
    meet(desk, ['101', '102'], ['103'])
    expect(desk.phone.state.get().conferences.get('99901')?.invitees).toHaveLength(1)
    desk.phone.places.moderate('99901', 'remove', 'ringing-103', true)
    await settle()
    expect(desk.phone.state.get().conferences.get('99901')).toMatchObject({ members: [{}, {}], invitees: [] })
    desk.server.settle(leg, 'failed', 'cancelled')
    expect(desk.call(leg).transfer).toBeNull()
  })

  it('P32 mutes, removes and locks, and says when that is not theirs to do', async () => {
    const desk = await Desk.ready()
    await inConference(desk)
    desk.phone.places.moderate('99901', 'mute', 'member-102', true)
    desk.phone.places.moderate('99901', 'lock', null, true)
    await settle()
    expect(desk.phone.state.get().conferences.get('99901')).toMatchObject({ locked: true, members: [{ muted: false }, { muted: true }] })
    desk.server.conferenceRefusal = 'forbidden'
    desk.phone.places.moderate('99901', 'remove', 'member-102', true)
    await settle()
    expect(desk.phone.state.get().notice?.kind).toBe('notYours')
  })

  it('is there again after a reload', async () => {
    const desk = await Desk.ready()
    const leg = await inConference(desk)
    await desk.reload()
    expect(desk.call(leg).room).toBe('99901')
    expect(desk.phone.state.get().conferences.get('99901')?.members).toHaveLength(2)
  })
})

describe('park slots', () => {
  it('CTL-09 parks the far side and says where', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.moves.park(leg, '*68')
    await settle()
    expect(desk.server.transfers.get(leg)).toMatchObject({ kind: 'send', target: '*68' })
    desk.server.settle(leg, 'done', 'none', '702')
    expect(desk.call(leg).state).toMatchObject({ kind: 'ended', end: 'parked', by: '702' })
  })

  it('says why a slot was not to be had', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.moves.park(leg, '701')
    await settle()
    desk.server.settle(leg, 'failed', 'slotTaken')
    expect(desk.call(leg)).toMatchObject({ state: { kind: 'connected' }, transfer: { failed: 'slotTaken' } })
  })

  it('PRK-03 follows the board', async () => {
    const desk = await Desk.ready()
    desk.server.park('701', clara, ben)
    expect(desk.phone.state.get().parkBoard?.slots.find(({ slot }) => slot === '701')).toMatchObject({ who: clara, by: ben })
    desk.server.park('701', null)
    expect(desk.phone.state.get().parkBoard?.slots.find(({ slot }) => slot === '701')?.who).toBeNull()
  })
})

describe('another device', () => {
  it('CTL-10 goes on there, and this card is over', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.moves.switchTo(leg, 'desk-phone', 'Snom')
    await settle()
    expect(desk.server.transfers.get(leg)).toMatchObject({ kind: 'switch', target: 'desk-phone' })
    desk.server.settle(leg, 'done')
    expect(desk.call(leg).state).toMatchObject({ kind: 'ended', end: 'switched', by: 'Snom' })
  })
})

describe('keys', () => {
  const keys = [{ kind: 'person', target: '102', label: '' }] as const

  it('SID-02 are shown at once and kept by the server', async () => {
    const desk = await Desk.ready()
    desk.phone.places.setKeys(keys)
    expect(desk.phone.state.get().keyBoard.keys).toEqual(keys)
    await settle()
    expect(desk.server.keyBoard.keys).toEqual(keys)
    await desk.reload()
    expect(desk.phone.state.get().keyBoard.keys).toEqual(keys)
  })

  it('are taken back when the server does not have them', async () => {
    const desk = await Desk.ready()
    desk.server.losing = 'commands'
    desk.phone.places.setKeys(keys)
    await settle()
    expect(desk.phone.state.get()).toMatchObject({ keyBoard: { keys: [] }, notice: { kind: 'commandFailed' } })
  })
})
