import { describe, expect, it } from 'vitest'
import { ben, Desk } from '../../support/desk'
import { settle } from '../../support/clock'

describe('answering without the user', () => {
  it('INC-08 rings for as long as the server says, then answers and the user can talk', async () => {
    const desk = await Desk.ready()
    desk.server.ring('in', ben, 'call', 3)
    await desk.clock.advance(2_900)
    expect(desk.kind('in')).toBe('ringingIn')
    await desk.clock.advance(200)
    await settle()
    expect(desk.asked('answer in')).toBe(1)
    expect(desk.phone.state.get().answeredItself).toBe('in')
    expect(desk.call('in').muted).toBe(false)
  })

  it('INC-08 intercom is answered at once, with the microphone off', async () => {
    const desk = await Desk.ready()
    desk.server.ring('in', ben, 'intercom', 0)
    await desk.clock.advance(1)
    await settle()
    expect(desk.asked('answer in')).toBe(1)
    expect(desk.call('in')).toMatchObject({ muted: true, reason: 'intercom' })
  })

  it('INC-08 leaves the ring to the user who has another call, or who answered it', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.ring('in', ben, 'call', 1)
    await desk.clock.advance(2_000)
    expect(desk.kind('in')).toBe('ringingIn')
    expect(desk.call(leg).state).toMatchObject({ kind: 'connected', held: 'nobody' })
  })

  it('CTL-04 says that a call rings because it was left on hold', async () => {
    const desk = await Desk.ready()
    desk.server.ring('in', ben, 'holdRecall')
    expect(desk.call('in').reason).toBe('holdRecall')
  })

  it('CTL-04 says so also where the call was heard of before it rang', async () => {
    const desk = await Desk.ready()
    desk.server.ring('in', ben)
    desk.server.change('in', {})
    desk.server.ring('in', ben, 'holdRecall')
    expect(desk.call('in')).toMatchObject({ reason: 'holdRecall', state: { kind: 'ringingIn' } })
  })
})

describe('calling', () => {
  it('places a call with one offer and shows it ringing, then connected', async () => {
    const desk = await Desk.ready()
    const leg = (await desk.phone.dial('102')) ?? ''
    expect(desk.kind(leg)).toBe('ringingOut')
    desk.server.connect(leg)
    expect(desk.call(leg).state).toMatchObject({ kind: 'connected', held: 'nobody' })
    expect(desk.sound.log).toEqual([`open ${leg}`, `offer ${leg}`, `accept ${leg}`])
    expect(desk.call(leg).sound).toBe('flowing')
  })

  it('N16 never makes a second call when the answer to Dial is lost', async () => {
    const desk = await Desk.ready()
    desk.server.losing = 'answers'
    const leg = (await desk.phone.dial('102')) ?? ''
    expect(desk.kind(leg)).toBe('dialling')
    desk.server.losing = 'nothing'
    desk.server.drop()
    await desk.clock.advance(1_000)
    expect(desk.asked(`dial ${leg}`)).toBe(2)
    expect(desk.server.calls.size).toBe(1)
    expect(desk.kind(leg)).toBe('ringingOut')
  })

  it('sends a call that did not arrive when the connection is back', async () => {
    const desk = await Desk.ready()
    desk.server.losing = 'commands'
    const leg = (await desk.phone.dial('102')) ?? ''
    desk.server.losing = 'nothing'
    desk.server.drop()
    await desk.clock.advance(1_000)
    expect(desk.kind(leg)).toBe('ringingOut')
  })

  it('gives a call up that could not be sent for fifteen seconds', async () => {
    const desk = await Desk.ready()
    desk.server.reachable = false
    const leg = (await desk.phone.dial('102')) ?? ''
    desk.server.drop()
    await desk.clock.advance(15_000)
    expect(desk.call(leg).state).toMatchObject({ kind: 'ended', end: 'notSent' })
    desk.server.reachable = true
    await desk.clock.advance(60_000)
    expect(desk.asked('dial')).toBe(0)
  })

  it.each([['overloaded', 'overloaded'], ['badOffer', 'noCommonMedia'], ['unavailable', 'unreachable'], ['wrongState', 'failed']] as const)('says why the server refused: %s', async (refusal, end) => {
    const desk = await Desk.ready()
    desk.server.refusal = refusal
    const leg = (await desk.phone.dial('102')) ?? ''
    expect(desk.call(leg).state).toMatchObject({ kind: 'ended', end })
    expect(desk.sound.log.at(-1)).toBe(`close ${leg}`)
  })

  it('places no call without a microphone and says so', async () => {
    const desk = await Desk.ready()
    desk.sound.microphone = 'denied'
    const leg = (await desk.phone.dial('102')) ?? ''
    expect(desk.call(leg).state).toMatchObject({ kind: 'ended', end: 'microphone' })
    expect(desk.phone.state.get().notice?.kind).toBe('microphoneDenied')
    expect(desk.asked('dial')).toBe(0)
  })

  it('dials nothing from a tab that has no phone', async () => {
    const desk = await Desk.ready()
    desk.server.takenBy('another')
    expect(await desk.phone.dial('102')).toBeNull()
    expect(desk.phone.state.get().notice?.kind).toBe('notHere')
  })

  it('hangs up a call that was not sent without asking the server', async () => {
    const desk = await Desk.ready()
    const dialling = desk.phone.dial('102')
    const leg = desk.phone.state.get().calls[0]?.leg ?? ''
    desk.phone.hangUp(leg)
    await dialling
    expect(desk.kind(leg)).toBe('ended')
    expect(desk.asked('dial')).toBe(0)
    expect(desk.asked('hangUp')).toBe(0)
  })

  it('takes an ended call from the grid after a while and leaves no timer', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.end(leg, 'completed')
    expect(desk.kind(leg)).toBe('ended')
    await desk.clock.advance(20_000)
    expect(desk.phone.state.get().calls).toEqual([])
    expect(desk.clock.armed).toBe(0)
  })
})

describe('being called', () => {
  it('N3 acknowledges the ring at once and answers with an offer', async () => {
    const desk = await Desk.ready()
    desk.server.ring('in', ben)
    await settle()
    expect(desk.asked('ringReceived in')).toBe(1)
    expect(desk.kind('in')).toBe('ringingIn')
    await desk.phone.answer('in')
    expect(desk.kind('in')).toBe('connected')
    expect(desk.call('in').sound).toBe('flowing')
  })

  it('stops ringing when another device answered, and says which', async () => {
    const desk = await Desk.ready()
    desk.server.ring('in', ben)
    desk.server.stopRinging('in', 'answeredElsewhere', 'Desk phone')
    expect(desk.call('in').state).toMatchObject({ kind: 'ended', end: 'answeredElsewhere', by: 'Desk phone' })
  })

  it('declines once', async () => {
    const desk = await Desk.ready()
    desk.server.ring('in', ben)
    desk.phone.hangUp('in')
    desk.phone.hangUp('in')
    await settle()
    expect(desk.asked('decline in')).toBe(1)
    expect(desk.call('in').state).toMatchObject({ kind: 'ended', end: 'declined' })
  })

  it('goes on ringing when the microphone is refused', async () => {
    const desk = await Desk.ready()
    desk.sound.microphone = 'denied'
    desk.server.ring('in', ben)
    await desk.phone.answer('in')
    expect(desk.kind('in')).toBe('ringingIn')
    expect(desk.phone.state.get().notice?.kind).toBe('microphoneDenied')
  })

  it('answers after the connection came back when Answer was lost with it', async () => {
    const desk = await Desk.ready()
    desk.server.ring('in', ben)
    desk.server.losing = 'commands'
    await desk.phone.answer('in')
    expect(desk.kind('in')).toBe('ringingIn')
    desk.server.losing = 'nothing'
    desk.server.drop()
    await desk.clock.advance(1_000)
    expect(desk.kind('in')).toBe('connected')
  })

  it('does not acknowledge a ring in a tab that has no phone', async () => {
    const desk = await Desk.ready()
    desk.server.takenBy('another')
    desk.server.ring('in', ben)
    await settle()
    expect(desk.asked('ringReceived')).toBe(0)
  })
})

describe('on a call', () => {
  it('CTL-13 holds the call that talks when another one is answered', async () => {
    const desk = await Desk.ready()
    const first = await desk.talking()
    desk.server.ring('in', ben)
    await desk.phone.answer('in')
    await settle()
    expect(desk.call(first).state).toMatchObject({ held: 'me' })
    expect(desk.call('in').state).toMatchObject({ held: 'nobody' })
    desk.phone.hold(first, false)
    await settle()
    expect(desk.call(first).state).toMatchObject({ held: 'nobody' })
    expect(desk.call('in').state).toMatchObject({ held: 'me' })
  })

  it('shows a hold at once and sends it again after a lost connection', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.losing = 'commands'
    desk.phone.hold(leg, true)
    await settle()
    expect(desk.call(leg).state).toMatchObject({ held: 'me' })
    desk.server.losing = 'nothing'
    desk.server.drop()
    await desk.clock.advance(1_000)
    expect(desk.server.calls.get(leg)?.held).toBe(true)
    expect(desk.call(leg).state).toMatchObject({ held: 'me' })
  })

  it('sends digits once, never twice', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.losing = 'answers'
    await desk.phone.sendDigits(leg, '5')
    desk.server.losing = 'nothing'
    desk.server.drop()
    await desk.clock.advance(5_000)
    expect(desk.asked('sendDigits')).toBe(1)
    expect(desk.phone.state.get().notice?.kind).toBe('digitsNotSent')
    expect(desk.call(leg).digits).toBe('5')
  })

  it('CTL-02 mutes here only', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.mute(leg, true)
    expect(desk.sound.log.at(-1)).toBe(`mute ${leg}`)
    expect(desk.call(leg).muted).toBe(true)
  })

  it('CTL-11 hides a call and brings it back', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.hide(leg, true)
    expect(desk.call(leg).hidden).toBe(true)
    desk.phone.hide(leg, false)
    expect(desk.call(leg).hidden).toBe(false)
    expect(desk.phone.state.get().chosen).toBe(leg)
  })
})
