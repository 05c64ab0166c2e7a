/** A part of a tone: frequencies that sound together (none is silence), for so long, fading out by then. */
export interface Note {
  readonly hz: readonly number[]
  readonly ms: number
}

const rate = 24_000
const headerBytes = 44

/** What rings: two soft chords and a pause, so that it loops. */
export const ringtone: readonly Note[] = [
  { hz: [659.25, 1318.5], ms: 180 },
  { hz: [783.99, 1567.98], ms: 180 },
  { hz: [987.77, 1975.5], ms: 420 },
  { hz: [], ms: 120 },
  { hz: [659.25, 1318.5], ms: 180 },
  { hz: [783.99, 1567.98], ms: 180 },
  { hz: [987.77, 1975.5], ms: 640 },
  { hz: [], ms: 1_500 },
]

/** A short sign that the speaker works. */
export const testTone: readonly Note[] = [
  { hz: [523.25], ms: 220 },
  { hz: [659.25], ms: 220 },
  { hz: [783.99], ms: 420 },
]

/** A call was answered without the user. */
export const answerTone: readonly Note[] = [{ hz: [1000], ms: 250 }]

/** The two frequencies of every key (ITU-T Q.23). */
const keyTones: Readonly<Record<string, readonly [number, number]>> = {
  '1': [697, 1209], '2': [697, 1336], '3': [697, 1477],
  '4': [770, 1209], '5': [770, 1336], '6': [770, 1477],
  '7': [852, 1209], '8': [852, 1336], '9': [852, 1477],
  '*': [941, 1209], '0': [941, 1336], '#': [941, 1477],
}

export const keyTone = (key: string): readonly Note[] => [{ hz: keyTones[key] ?? [], ms: 120 }]

/** The notes as a WAV file: mono, 16 bit. `gain` 0 to 1. */
export function wave(notes: readonly Note[], gain: number): Uint8Array<ArrayBuffer> {
  const samples = notes.reduce((sum, note) => sum + lengthOf(note), 0)
  const bytes = new Uint8Array(headerBytes + samples * 2)
  const view = new DataView(bytes.buffer)
  writeHeader(view, samples * 2)
  let at = headerBytes
  for (const note of notes) {
    const length = lengthOf(note)
    for (let i = 0; i < length; i++, at += 2) view.setInt16(at, Math.round(sample(note, i, length) * gain * 32_767), true)
  }
  return bytes
}

const lengthOf = (note: Note): number => Math.round((note.ms * rate) / 1_000)

/** Rises within 5 ms and dies away, so that nothing clicks. */
function sample(note: Note, at: number, length: number): number {
  if (note.hz.length === 0) return 0
  const rise = Math.min(1, at / (rate * 0.005))
  const fall = (1 - at / length) ** 1.5
  const sum = note.hz.reduce((total, hz, part) => total + Math.sin((2 * Math.PI * hz * at) / rate) / (part + 1), 0)
  return (sum / 1.6) * rise * fall * 0.9
}

function writeHeader(view: DataView, dataBytes: number): void {
  const text = (at: number, value: string): void => {
    for (let i = 0; i < value.length; i++) view.setUint8(at + i, value.charCodeAt(i))
  }
  text(0, 'RIFF')
  view.setUint32(4, headerBytes - 8 + dataBytes, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, dataBytes, true)
}
