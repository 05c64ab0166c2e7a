import { describe, expect, it } from 'vitest'
import { ben, Desk } from '../../support/desk'
import { settle } from '../../support/clock'
import { statusWord } from '../../../src/core/phone/state'

describe('connecting', () => {
  it('CON-02, CON-03 says that it connects, then that it is ready', async () => {
    const desk = new Desk()
    desk.phone.arm(true)
    desk.phone.open()
    expect(statusWord(desk.phone.state.get())).toBe('connecting')
    await settle()
    expect(statusWord(desk.phone.state.get())).toBe('ready')
  })
})

describe('coming back', () => {
  it('N1 offers anew for every connected leg after a reload, without being asked', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    await desk.reload(false)
    expect(desk.kind(leg)).toBe('connected')
    expect(desk.asked(`reconnect ${leg}`)).toBe(1)
    expect(desk.call(leg).sound).toBe('flowing')
    expect(desk.asked('dial')).toBe(1)
  })

  it('keeps a held call held over a reload', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.hold(leg, true)
    await settle()
    await desk.reload()
    expect(desk.call(leg).state).toMatchObject({ kind: 'connected', held: 'me' })
  })

  it('rings and acknowledges again after a reload while it rings', async () => {
    const desk = await Desk.ready()
    desk.server.ring('in', ben)
    await settle()
    await desk.reload()
    expect(desk.kind('in')).toBe('ringingIn')
    expect(desk.asked('ringReceived in')).toBe(2)
  })

  it('N14 stops ringing for a call that ended while it was away', async () => {
    const desk = await Desk.ready()
    desk.server.ring('in', ben)
    desk.server.calls.delete('in')
    desk.server.drop()
    await desk.clock.advance(1_000)
    expect(desk.call('in').state).toMatchObject({ kind: 'ended', end: 'whileAway' })
  })

  it('CON-04 tries again by itself, slower each time, and says when', async () => {
    const desk = await Desk.ready()
    desk.server.reachable = false
    desk.server.drop()
    await desk.clock.advance(2_000)
    expect(statusWord(desk.phone.state.get())).toBe('disconnected')
    const waits: number[] = []
    for (let i = 0; i < 5; i++) {
      const { connection } = desk.phone.state.get()
      if (connection.kind === 'waiting') waits.push(connection.retryAt - desk.clock.now())
      await desk.clock.advance(connection.kind === 'waiting' ? connection.retryAt - desk.clock.now() : 1)
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b))
    desk.server.reachable = true
    await desk.clock.advance(20_000)
    expect(statusWord(desk.phone.state.get())).toBe('ready')
  })

  it('tries at once when the network says that it is back', async () => {
    const desk = await Desk.ready()
    desk.server.reachable = false
    desk.server.drop()
    await desk.clock.advance(60_000)
    desk.server.reachable = true
    desk.phone.nudge()
    await settle()
    expect(statusWord(desk.phone.state.get())).toBe('ready')
  })

  it('N16 hangs up after the connection is back when the hang-up was lost', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.losing = 'commands'
    desk.phone.hangUp(leg)
    await settle()
    expect(desk.kind(leg)).toBe('ending')
    desk.server.losing = 'nothing'
    desk.server.drop()
    await desk.clock.advance(1_000)
    expect(desk.server.calls.size).toBe(0)
    expect(desk.call(leg).state).toMatchObject({ kind: 'ended', end: 'completed' })
  })

  it('remembers a hang-up over a reload', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.losing = 'commands'
    desk.phone.hangUp(leg)
    await settle()
    desk.server.losing = 'nothing'
    await desk.reload()
    expect(desk.server.calls.size).toBe(0)
    expect(desk.memory.kept.size).toBe(0)
  })

  it('does not reconnect the sound of a call that was hung up', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.losing = 'commands'
    desk.phone.hangUp(leg)
    await settle()
    desk.server.losing = 'nothing'
    await desk.reload()
    expect(desk.asked(`reconnect ${leg}`)).toBe(0)
  })

  it('goes to the sign-in when the cookie is gone', async () => {
    const desk = await Desk.ready()
    desk.server.signedIn = false
    desk.server.drop()
    await desk.clock.advance(1_000)
    expect(desk.phone.state.get().connection).toEqual({ kind: 'signedOut', reason: null })
    expect(desk.clock.armed).toBe(0)
  })

  it('ends everything when the server signs it out', async () => {
    const desk = await Desk.ready()
    await desk.talking()
    desk.server.signOut()
    const state = desk.phone.state.get()
    expect(state.connection).toEqual({ kind: 'signedOut', reason: 'signedOut' })
    expect(state.calls).toEqual([])
    expect(desk.sound.log.at(-1)).toMatch(/^close /)
  })
})

describe('sound', () => {
  it('restarts the path of a call whose sound is lost', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.sound.say(leg, 'lost')
    await settle()
    expect(desk.sound.log).toContain(`restart ${leg}`)
    expect(desk.call(leg).sound).toBe('flowing')
  })

  it('begins with a new path when the server refuses the restart', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.refusal = 'badOffer'
    desk.sound.say(leg, 'lost')
    await settle()
    expect(desk.call(leg).sound).toBe('lost')
    desk.server.refusal = null
    await desk.clock.advance(5_000)
    expect(desk.sound.log.filter((line) => line === `open ${leg}`)).toHaveLength(2)
    expect(desk.call(leg).sound).toBe('flowing')
  })

  it('reconnects what the server says is away, however it seems here', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.change(leg, { away: true })
    await settle()
    expect(desk.asked(`reconnect ${leg}`)).toBe(1)
    expect(desk.call(leg).sound).toBe('flowing')
  })

  it('N2 finds a new way for all calls in another network', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.networkChanged()
    await settle()
    expect(desk.sound.log).toContain(`restart ${leg}`)
    expect(desk.call(leg).sound).toBe('flowing')
  })

  it('opens a new connection in another network, and none when it is closed', async () => {
    const desk = await Desk.ready()
    const before = desk.asked('attach')
    desk.phone.networkChanged()
    await settle()
    expect(desk.asked('attach')).toBe(before + 1)
    desk.phone.close()
    desk.phone.networkChanged()
    await settle()
    expect(desk.asked('attach')).toBe(before + 1)
  })

  it('asks the server whether it is there when a way is lost', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    const before = desk.asked('attach')
    desk.sound.say(leg, 'lost')
    await settle()
    expect(desk.asked('attach')).toBe(before + 1)
    expect(desk.asked(`reconnect ${leg}`)).toBe(1)
  })

  it('keeps a muted call muted over a new path', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.phone.mute(leg, true)
    desk.server.refusal = 'badOffer'
    desk.sound.say(leg, 'lost')
    await settle()
    desk.server.refusal = null
    await desk.clock.advance(5_000)
    expect(desk.sound.log.filter((line) => line === `mute ${leg}`)).toHaveLength(2)
  })

  it('waits for the connection when both are lost, then recovers', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.reachable = false
    desk.server.drop()
    desk.sound.say(leg, 'lost')
    await desk.clock.advance(10_000)
    expect(desk.call(leg).sound).toBe('lost')
    desk.server.reachable = true
    await desk.clock.advance(15_000)
    expect(desk.call(leg).sound).toBe('flowing')
    expect(desk.kind(leg)).toBe('connected')
  })
})

describe('sound that does not get through', () => {
  it('looks for another way first, then says so, goes on trying, and is glad when it flows', async () => {
    const desk = await Desk.ready()
    desk.sound.flows = false
    const leg = await desk.talking()
    expect(desk.call(leg).sound).toBe('connecting')
    await desk.clock.advance(5_000)
    expect(desk.sound.log.filter((line) => line === `restart ${leg}`)).toHaveLength(1)
    expect(desk.call(leg).sound).toBe('connecting')
    await desk.clock.advance(5_000)
    expect(desk.call(leg).sound).toBe('blocked')
    await desk.clock.advance(20_000)
    expect(desk.sound.log.filter((line) => line === `restart ${leg}`)).toHaveLength(4)
    expect(desk.call(leg).sound).toBe('blocked')
    desk.sound.say(leg, 'flowing')
    expect(desk.call(leg).sound).toBe('flowing')
    expect(desk.kind(leg)).toBe('connected')
  })

  it('is told of a call that only rings the far side too', async () => {
    const desk = await Desk.ready()
    desk.sound.flows = false
    const leg = (await desk.phone.dial('102')) ?? ''
    await desk.clock.advance(10_000)
    expect(desk.kind(leg)).toBe('ringingOut')
    expect(desk.call(leg).sound).toBe('blocked')
  })

  it('is told after a loss too, and not again at every attempt', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.sound.flows = false
    desk.sound.say(leg, 'lost')
    await desk.clock.advance(10_000)
    expect(desk.call(leg).sound).toBe('blocked')
    const seen: string[] = []
    desk.phone.state.subscribe(() => seen.push(desk.call(leg).sound))
    desk.server.change(leg, { away: true })
    desk.sound.say(leg, 'lost')
    await desk.clock.advance(30_000)
    expect(new Set(seen)).toEqual(new Set(['blocked']))
  })

  it('is looked for at once when the user asks', async () => {
    const desk = await Desk.ready()
    desk.sound.flows = false
    const leg = await desk.talking()
    await desk.clock.advance(10_000)
    desk.sound.flows = true
    desk.phone.retrySound(leg)
    await settle()
    expect(desk.call(leg).sound).toBe('flowing')
    const attempts = desk.asked(`reconnect ${leg}`)
    desk.phone.retrySound(leg)
    await settle()
    expect(desk.asked(`reconnect ${leg}`)).toBe(attempts)
  })

  it('leaves no timer behind when the call is hung up', async () => {
    const desk = await Desk.ready()
    desk.sound.flows = false
    const leg = await desk.talking()
    desk.phone.hangUp(leg)
    await desk.clock.advance(20_000)
    expect(desk.sound.log.filter((line) => line === `restart ${leg}`)).toHaveLength(0)
  })
})

describe('P11 tabs', () => {
  it('takes no phone in a tab that does not lead', async () => {
    const desk = new Desk(false)
    desk.phone.arm(true)
    desk.phone.open()
    await settle()
    expect(desk.phone.state.get().holdsPhone).toBe(false)
    desk.lead.gain()
    await settle()
    expect(desk.phone.state.get().holdsPhone).toBe(true)
  })

  it('takes no phone before the user armed it', async () => {
    const desk = new Desk()
    desk.phone.open()
    await settle()
    expect(desk.phone.state.get().holdsPhone).toBe(false)
    expect(statusWord(desk.phone.state.get())).toBe('notArmed')
    desk.phone.arm(true)
    await settle()
    expect(statusWord(desk.phone.state.get())).toBe('ready')
  })

  it('falls silent when another tab takes the phone, and gets the calls back by taking it', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    desk.server.takenBy('another')
    expect(statusWord(desk.phone.state.get())).toBe('inCall')
    expect(desk.call(leg).sound).toBe('none')
    expect(desk.sound.log.at(-1)).toBe(`close ${leg}`)
    await desk.phone.takePhone()
    await settle()
    expect(desk.call(leg).sound).toBe('flowing')
    expect(desk.lead.stolen).toBe(1)
  })

  it('shows a call of another device without touching it', async () => {
    const desk = await Desk.ready()
    const leg = await desk.talking()
    const call = desk.server.calls.get(leg)
    if (call === undefined) throw new Error('no call')
    desk.server.push({ ...call, leg: null, here: false, callKey: 'desk', version: 5 })
    expect(desk.phone.state.get().elsewhere).toHaveLength(1)
    desk.server.push({ ...call, leg: null, here: false, callKey: 'desk', version: 4, phase: 'ended' })
    expect(desk.phone.state.get().elsewhere).toHaveLength(1)
    desk.server.push({ ...call, leg: null, here: false, callKey: 'desk', version: 6, phase: 'ended' })
    expect(desk.phone.state.get().elsewhere).toHaveLength(0)
  })
})

describe('AVL-01 do not disturb', () => {
  it('shows at once, and goes back when the server was not told', async () => {
    const desk = await Desk.ready()
    const done = desk.phone.doNotDisturb(true)
    expect(desk.phone.state.get().me?.doNotDisturb).toBe(true)
    await done
    expect(desk.phone.state.get().me?.doNotDisturb).toBe(true)
    desk.server.losing = 'commands'
    await desk.phone.doNotDisturb(false)
    expect(desk.phone.state.get().me?.doNotDisturb).toBe(true)
    expect(desk.phone.state.get().notice?.kind).toBe('commandFailed')
  })
})

describe('a ring that came while the tab slept', () => {
  it('N3, N14 makes it say that it is awake again', async () => {
    const desk = await Desk.ready()
    const before = desk.asked('takePhone')
    desk.server.missedRing()
    await settle()
    expect(desk.asked('takePhone')).toBe(before + 1)
    expect(desk.phone.state.get().holder?.reachable).toBe(true)
  })
})
