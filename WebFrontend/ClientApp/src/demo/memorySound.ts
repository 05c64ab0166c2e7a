import type { Sound } from '../core/calls/call'
import { MicrophoneRefused, type SoundEngine, type SoundPath } from '../core/phone/ports'

/** Sound paths that only say what they were asked. */
export class MemorySound implements SoundEngine {
  readonly log: string[] = []
  readonly changed = new Map<string, (sound: Sound) => void>()
  microphone: 'granted' | 'denied' = 'granted'
  /** An accepted answer makes sound flow at once. */
  flows = true

  open(leg: string, _servers: unknown, told: (sound: Sound) => void): SoundPath {
    this.log.push(`open ${leg}`)
    this.changed.set(leg, told)
    return {
      offer: async (restart) => {
        await Promise.resolve()
        if (this.microphone === 'denied') throw new MicrophoneRefused('denied')
        this.log.push(`${restart ? 'restart' : 'offer'} ${leg}`)
        return `offer ${this.log.length}`
      },
      accept: async () => {
        await Promise.resolve()
        this.log.push(`accept ${leg}`)
        if (this.flows) told('flowing')
      },
      setMuted: (on) => {
        this.log.push(`${on ? 'mute' : 'unmute'} ${leg}`)
      },
      close: () => {
        this.log.push(`close ${leg}`)
        this.changed.delete(leg)
      },
    }
  }

  say(leg: string, sound: Sound): void {
    this.changed.get(leg)?.(sound)
  }
}
