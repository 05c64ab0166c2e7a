import { describe, expect, it } from 'vitest'
import { ben, Desk } from '../../support/desk'
import { settle } from '../../support/clock'

const clara = { number: '103', name: 'Clara Moreau', extension: '103' }

async function consulting(desk: Desk, answered = true): Promise<{ first: string; second: string }> {
  const first = await desk.talking()
  const second = (await desk.phone.consult(first, '103')) ?? ''
  if (answered) desk.server.connect(second)
  await settle()
  return { first, second }
}

describe('transferring', () => {
  it('XFR-02 sends the far side to a number and tells that it is there', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.moves.transfer(leg, clara)
    await settle()
    expect(desk.asked(`transfer ${leg} 103`)).toBe(1)
    expect(desk.call(leg).transfer).toMatchObject({ to: clara, consultation: null, failed: null })
    desk.server.settle(leg, 'done')
    expect(desk.call(leg).state).toMatchObject({ kind: 'ended', end: 'transferred', by: 'Clara Moreau' })
  })

  it('tells it also when the end of the call is heard of first', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.moves.transfer(leg, clara)
    await settle()
    desk.server.end(leg, 'completed')
    expect(desk.call(leg).state).toMatchObject({ end: 'completed' })
    desk.server.settle(leg, 'done')
    expect(desk.call(leg).state).toMatchObject({ end: 'transferred', by: 'Clara Moreau' })
  })

  it('XFR-08 says why it came to nothing, until that was read', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.moves.transfer(leg, clara)
    await settle()
    desk.server.settle(leg, 'failed', 'busy')
    expect(desk.call(leg)).toMatchObject({ state: { kind: 'connected' }, transfer: { to: clara, failed: 'busy' } })
    desk.phone.moves.dismiss(leg)
    expect(desk.call(leg).transfer).toBeNull()
  })

  it('N16 asks for one transfer at a time, and again with the same id until the outcome is known', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.losing = 'commands'
    desk.phone.moves.transfer(leg, clara)
    desk.phone.moves.transfer(leg, ben)
    await settle()
    const requestId = desk.call(leg).transfer?.requestId
    desk.server.losing = 'nothing'
    desk.server.drop()
    await desk.clock.advance(1_000)
    expect(desk.asked('transfer')).toBe(1)
    expect(desk.server.transfers.get(leg)).toMatchObject({ requestId, phase: 'trying', target: '103' })
    await desk.clock.advance(8_000)
    expect(desk.asked('transfer')).toBe(2)
    desk.server.settle(leg, 'failed', 'noAnswer')
    await desk.clock.advance(60_000)
    expect(desk.asked('transfer')).toBe(2)
  })

  it('XFR-03 to XFR-06 holds the first call, asks, and completes', async () => {
    const desk = await Desk.ready()
    const { first, second } = await consulting(desk)
    expect(desk.call(first).state).toMatchObject({ kind: 'connected', held: 'me' })
    expect(desk.call(second).consults).toBe(first)
    desk.phone.moves.complete(second)
    await settle()
    expect(desk.asked(`transfer ${first} ${second}`)).toBe(1)
    desk.server.settle(first, 'done')
    expect(desk.call(first).state).toMatchObject({ end: 'transferred', by: '103' })
    expect(desk.call(second).state).toMatchObject({ end: 'transferred' })
  })

  it('completes while the target rings, but not before the server has that call', async () => {
    const desk = await Desk.ready()
    const first = await desk.talking()
    desk.server.losing = 'commands'
    const second = (await desk.phone.consult(first, '103')) ?? ''
    desk.phone.moves.complete(second)
    expect(desk.call(first).transfer).toBeNull()
    desk.server.losing = 'nothing'
    desk.server.drop()
    await desk.clock.advance(1_000)
    desk.phone.moves.complete(second)
    await settle()
    expect(desk.asked(`transfer ${first} ${second}`)).toBe(1)
  })

  it('XFR-07 cancelled goes back to the first call without a word', async () => {
    const desk = await Desk.ready()
    const { first, second } = await consulting(desk, false)
    desk.phone.hangUp(second)
    await settle()
    expect(desk.phone.state.get().chosen).toBe(first)
    expect(desk.call(first).transfer).toBeNull()
  })

  it.each(['noAnswer', 'busy', 'declined', 'unreachable'] as const)('XFR-08 says at the first call that the target was not there: %s', async (end) => {
    const desk = await Desk.ready()
    const { first, second } = await consulting(desk, false)
    desk.server.end(second, end)
    expect(desk.call(first).transfer).toMatchObject({ to: { number: '103' }, failed: end })
    expect(desk.phone.state.get().chosen).toBe(first)
  })

  it('connects the far sides of any two calls', async () => {
    const desk = await Desk.ready()
    const first = await desk.talking('102')
    const second = await desk.talking('103')
    desk.phone.moves.connect(first, second)
    desk.phone.moves.connect(second, second)
    await settle()
    expect(desk.asked('transfer')).toBe(1)
    expect(desk.asked(`transfer ${first} ${second}`)).toBe(1)
  })

  it('shows consultation and transfer again after a reload', async () => {
    const desk = await Desk.ready()
    const { first, second } = await consulting(desk)
    desk.phone.moves.complete(second)
    await settle()
    await desk.reload()
    expect(desk.call(second).consults).toBe(first)
    expect(desk.call(first).transfer).toMatchObject({ failed: null, consultation: second })
    desk.server.settle(first, 'failed', 'failed')
    expect(desk.call(first).transfer).toMatchObject({ failed: 'failed' })
  })

  it('keeps the timer of the first answer when the far side changes', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    const { answeredAt } = desk.call(leg).state as { answeredAt: number }
    await desk.clock.advance(5_000)
    desk.server.connect(leg)
    expect(desk.call(leg).state).toMatchObject({ answeredAt })
  })

  it('remembers who did not take the far side', async () => {
    const desk = await Desk.ready()
    desk.server.ring('back', ben)
    desk.server.change('back', { backFrom: clara })
    await desk.phone.answer('back')
    desk.server.change('back', { backFrom: null })
    expect(desk.call('back').backFrom).toEqual(clara)
  })
})
