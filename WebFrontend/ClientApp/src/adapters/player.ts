import { answerTone, keyTone, ringtone, testTone, wave, type Note } from '../core/tones/wave'
import { audio, outputId } from './microphone'

/** Sounds that the app makes itself. Each is told whether the browser lets it be heard. */
class Player {
  readonly #urls = new Map<string, string>()
  #ring: HTMLAudioElement | null = null

  /** Rings until {@link stopRinging}; false when the browser blocks it. */
  async ring(): Promise<boolean> {
    if (this.#ring !== null) return true
    const ring = this.#element('ring', ringtone)
    ring.loop = true
    ring.volume = audio.get().choice.ringVolume
    this.#ring = ring
    return this.#play(ring, 'ringer')
  }

  stopRinging(): void {
    this.#ring?.pause()
    this.#ring = null
  }

  /** One short round of the ring, so that the user knows it and the browser allows it. */
  async testRing(): Promise<boolean> {
    const ring = this.#element('ring', ringtone)
    ring.volume = audio.get().choice.ringVolume
    const heard = await this.#play(ring, 'ringer')
    setTimeout(() => ring.pause(), 2_000)
    return heard
  }

  testSpeaker(): Promise<boolean> {
    return this.#play(this.#element('test', testTone), 'speaker')
  }

  /** The browser has answered by itself. */
  answered(): void {
    void this.#play(this.#element('answered', answerTone), 'speaker')
  }

  /** A key's own sound, softly. */
  key(digit: string): void {
    const tone = this.#element(`key ${digit}`, keyTone(digit))
    tone.volume = 0.15
    void this.#play(tone, 'speaker')
  }

  #element(name: string, notes: readonly Note[]): HTMLAudioElement {
    let url = this.#urls.get(name)
    if (url === undefined) {
      url = URL.createObjectURL(new Blob([wave(notes, 0.7)], { type: 'audio/wav' }))
      this.#urls.set(name, url)
    }
    return new Audio(url)
  }

  async #play(element: HTMLAudioElement, use: 'speaker' | 'ringer'): Promise<boolean> {
    try {
      const id = outputId(use)
      if (id !== '' && 'setSinkId' in element) await element.setSinkId(id).catch(() => undefined)
      await element.play()
      return true
    } catch {
      return false
    }
  }
}

export const player = new Player()
