import { describe, expect, it } from 'vitest'
import { keyTone, ringtone, testTone, wave } from '../../../src/core/tones/wave'

const rate = 24_000

/** How strong one frequency is (Goertzel), of samples in a WAV file. */
function level(bytes: Uint8Array<ArrayBuffer>, hz: number): number {
  const samples = new Int16Array(bytes.buffer, 44)
  const step = 2 * Math.cos((2 * Math.PI * hz) / rate)
  let before = 0
  let last = 0
  for (const sample of samples) [before, last] = [last, sample + step * last - before]
  return Math.sqrt(Math.max(0, before * before + last * last - step * before * last)) / samples.length
}

describe('tones', () => {
  it('are files of the length that they say', () => {
    for (const notes of [ringtone, testTone]) {
      const bytes = wave(notes, 0.5)
      expect(new TextDecoder().decode(bytes.slice(0, 4))).toBe('RIFF')
      expect(new DataView(bytes.buffer).getUint32(40, true)).toBe(bytes.length - 44)
      const ms = notes.reduce((sum, note) => sum + note.ms, 0)
      expect((bytes.length - 44) / 2 / rate).toBeCloseTo(ms / 1_000, 2)
    }
  })

  it('sound at the two frequencies of their key', () => {
    const five = wave(keyTone('5'), 0.8)
    expect(level(five, 770)).toBeGreaterThan(10 * level(five, 697))
    expect(level(five, 1336)).toBeGreaterThan(10 * level(five, 1633))
  })

  it('ring loudly, and by the volume', () => {
    expect(level(wave(ringtone, 0.8), 987.77)).toBeGreaterThan(2 * level(wave(ringtone, 0.3), 987.77))
  })
})
