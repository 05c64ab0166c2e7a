import { MicrophoneRefused } from '../core/phone/ports'
import { Store } from '../core/store'
import { browserMemory } from './basics'

export interface AudioChoice {
  /** Device ids; empty follows the system. */
  readonly microphone: string
  readonly speaker: string
  readonly ringer: string
  readonly echoCancellation: boolean
  readonly noiseSuppression: boolean
  readonly autoGain: boolean
  /** 0 to 1. */
  readonly ringVolume: number
}

export interface AudioDevices {
  readonly choice: AudioChoice
  readonly inputs: readonly MediaDeviceInfo[]
  readonly outputs: readonly MediaDeviceInfo[]
  /** What the browser says of the microphone; unknown where it does not say. */
  readonly permission: PermissionState | 'unknown'
  /** A device that was in use and is gone. */
  readonly unplugged: string | null
}

const usual: AudioChoice = {
  microphone: '', speaker: '', ringer: '', echoCancellation: true, noiseSuppression: true, autoGain: true, ringVolume: 0.8,
}

export const canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype

export const audio = new Store<AudioDevices>({ choice: remembered(), inputs: [], outputs: [], permission: 'unknown', unplugged: null })

function remembered(): AudioChoice {
  try {
    const kept: unknown = JSON.parse(browserMemory.read('audio') ?? '{}')
    return { ...usual, ...(typeof kept === 'object' ? kept : {}) }
  } catch {
    return usual
  }
}

export function choose(change: Partial<AudioChoice>): void {
  audio.update((state) => ({ ...state, choice: { ...state.choice, ...change }, unplugged: null }))
  browserMemory.write('audio', JSON.stringify(audio.get().choice))
}

/** Follows what is plugged in and what is allowed. */
export function watchDevices(): void {
  if (!('mediaDevices' in navigator)) return
  navigator.mediaDevices.addEventListener('devicechange', () => void refreshDevices())
  void navigator.permissions
    ?.query({ name: 'microphone' })
    .then((status) => {
      const told = (): void => {
        audio.update((state) => ({ ...state, permission: status.state }))
        void refreshDevices()
      }
      status.addEventListener('change', told)
      told()
    })
    .catch(() => undefined)
  void refreshDevices()
}

export async function refreshDevices(): Promise<void> {
  if (!('mediaDevices' in navigator)) return
  const devices = await navigator.mediaDevices.enumerateDevices()
  const inputs = devices.filter((device) => device.kind === 'audioinput' && device.deviceId !== '')
  const outputs = devices.filter((device) => device.kind === 'audiooutput' && device.deviceId !== '')
  audio.update((state) => {
    const lost = (id: string, before: readonly MediaDeviceInfo[], now: readonly MediaDeviceInfo[]): string | null => {
      const was = before.find((device) => device.deviceId === id)
      return was !== undefined && !now.some((device) => device.deviceId === id) ? was.label : null
    }
    const { choice } = state
    const unplugged = lost(choice.microphone, state.inputs, inputs) ?? lost(choice.speaker, state.outputs, outputs) ?? lost(choice.ringer, state.outputs, outputs)
    return { ...state, inputs, outputs, unplugged: unplugged ?? state.unplugged }
  })
}

const present = (id: string, devices: readonly MediaDeviceInfo[]): boolean => id !== '' && devices.some((device) => device.deviceId === id)

/** The chosen output while it is plugged in, else the system's. */
export function outputId(use: 'speaker' | 'ringer'): string {
  const { choice, outputs } = audio.get()
  return present(choice[use], outputs) ? choice[use] : ''
}

export async function openMicrophone(): Promise<MediaStream> {
  if (!('mediaDevices' in navigator)) throw new MicrophoneRefused('missing')
  const { choice, inputs } = audio.get()
  const { echoCancellation, noiseSuppression, autoGain } = choice
  const device = present(choice.microphone, inputs) ? { deviceId: { exact: choice.microphone } } : {}
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { ...device, echoCancellation, noiseSuppression, autoGainControl: autoGain } })
    audio.update((state) => ({ ...state, permission: 'granted' }))
    if (inputs.length === 0) void refreshDevices()
    return stream
  } catch (error) {
    throw new MicrophoneRefused(refusalOf(error))
  }
}

function refusalOf(error: unknown): MicrophoneRefused['reason'] {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    audio.update((state) => ({ ...state, permission: 'denied' }))
    return 'denied'
  }
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'missing'
}

/** How loud the microphone is, 0 to 1, about twenty times a second, until the result is called. */
export async function meter(level: (value: number) => void): Promise<() => void> {
  const stream = await openMicrophone()
  const stop = measure(stream, level)
  return () => {
    stop()
    stream.getTracks().forEach((track) => track.stop())
  }
}

/** How loud a stream is, 0 to 1, about twenty times a second, until the result is called; exactly 0 is digital silence. */
export function measure(stream: MediaStream, level: (value: number) => void): () => void {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 512
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
    // -60 dB is the left end, 0 dB the right one.
    level(rms === 0 ? 0 : Math.max(0.001, Math.min(1, 1 + (20 * Math.log10(rms)) / 60)))
  }, 50)
  return () => {
    clearInterval(timer)
    void context.close()
  }
}
