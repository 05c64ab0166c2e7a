/**
 * One recording being played. Its two sides have a volume each; the sound goes through Web Audio for that, from the first time it is played, since browsers give no
 * sound before the user asked for it.
 */
export class RecordingSound {
  readonly element: HTMLAudioElement
  readonly #volumes = [1, 1]
  #context: AudioContext | null = null
  #gains: readonly GainNode[] = []

  constructor(url: string) {
    this.element = new Audio()
    this.element.preload = 'none'
    this.element.src = url
  }

  async play(): Promise<boolean> {
    this.#connect()
    try {
      await this.#context?.resume()
      await this.element.play()
      return true
    } catch {
      return false
    }
  }

  pause(): void {
    this.element.pause()
  }

  /** 0 is the user's own side, 1 the other; volumes are 0 to 1. */
  setVolume(side: 0 | 1, volume: number): void {
    this.#volumes[side] = volume
    const gain = this.#gains[side]
    if (gain !== undefined) gain.gain.value = volume
  }

  close(): void {
    this.element.pause()
    this.element.removeAttribute('src')
    this.element.load()
    void this.#context?.close()
    this.#context = null
  }

  /** Both sides are heard in both ears: they are told apart by volume, and nobody listens to one half with one ear. */
  #connect(): void {
    if (this.#context !== null) return
    const context = new AudioContext()
    const splitter = context.createChannelSplitter(2)
    context.createMediaElementSource(this.element).connect(splitter)
    this.#gains = this.#volumes.map((volume, side) => {
      const gain = context.createGain()
      gain.gain.value = volume
      splitter.connect(gain, side)
      gain.connect(context.destination)
      return gain
    })
    this.#context = context
  }
}
