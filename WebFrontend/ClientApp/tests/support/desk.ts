import { Phone } from '../../src/core/phone/phone'
import type { Memory, TabLead } from '../../src/core/phone/ports'
import type { Call } from '../../src/core/calls/call'
import { MemoryServer } from '../../src/demo/memoryServer'
import { MemorySound } from '../../src/demo/memorySound'
import { settle, TestClock } from './clock'

/** A lead that the test gives and takes. */
export class TestLead implements TabLead {
  gain: () => void = () => undefined
  lose: () => void = () => undefined
  stolen = 0
  readonly #atOnce: boolean

  constructor(atOnce: boolean) {
    this.#atOnce = atOnce
  }

  enter(gained: () => void, lost: () => void): void {
    this.gain = gained
    this.lose = lost
    if (this.#atOnce) gained()
  }

  steal(): void {
    this.stolen++
  }

  leave(): void {
    this.gain = () => undefined
  }
}

export class TestMemory implements Memory {
  readonly kept = new Map<string, string>()
  read = (key: string): string | null => this.kept.get(key) ?? null
  write = (key: string, value: string | null): void => {
    if (value === null) this.kept.delete(key)
    else this.kept.set(key, value)
  }
}

/** A phone at a server in memory, with everything in the test's hands. */
export class Desk {
  readonly clock = new TestClock()
  readonly server = new MemoryServer(this.clock.now)
  readonly memory = new TestMemory()
  sound = new MemorySound()
  lead: TestLead
  phone: Phone
  #ids = 0

  constructor(leads = true) {
    this.lead = new TestLead(leads)
    this.phone = this.#make()
  }

  static async ready(): Promise<Desk> {
    const desk = new Desk()
    desk.phone.arm(true)
    desk.phone.open()
    await settle()
    return desk
  }

  /** The page goes, with all it knew but its tab's memory, and comes again. */
  async reload(arm = true): Promise<void> {
    this.server.drop()
    this.phone.close()
    this.sound = new MemorySound()
    this.lead = new TestLead(true)
    this.phone = this.#make()
    this.phone.open()
    if (arm) this.phone.arm(true)
    await settle()
  }

  call(leg: string): Call {
    const call = this.phone.state.get().calls.find((other) => other.leg === leg)
    if (call === undefined) throw new Error(`no call ${leg}`)
    return call
  }

  kind(leg: string): string {
    return this.call(leg).state.kind
  }

  async talking(number = '102'): Promise<string> {
    const leg = (await this.phone.dial(number)) ?? ''
    this.server.connect(leg)
    await settle()
    return leg
  }

  asked(command: string): number {
    return this.server.asked.filter((name) => name === command || name.startsWith(`${command} `)).length
  }

  #make(): Phone {
    return new Phone({
      openHub: this.server.open, sound: this.sound, clock: this.clock, chance: { next: () => 0.5, id: () => `leg-${++this.#ids}` }, memory: this.memory, lead: this.lead,
      sessionId: 'session', tabId: 'tab', clientVersion: 'test',
    })
  }
}

export const ben = { number: '102', name: 'Ben Okafor', extension: '102' }
