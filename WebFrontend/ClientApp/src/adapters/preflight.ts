import { MicrophoneRefused } from '../core/phone/ports'
import { untried, verdict, type Ways } from '../core/preflight/ways'
import { askToNotify, canNotify } from './notifications'
import { measure, openMicrophone } from './microphone'
import type { TryWays } from './pathProbe'
import { player } from './player'

export type CheckName = 'microphone' | 'sound' | 'path' | 'notifications'
export type CheckResult = 'waiting' | 'running' | 'good' | 'warning' | 'bad'

export interface Checks extends Readonly<Record<CheckName, CheckResult>> {
  /** The loudest that the microphone heard, 0 to 1. */
  readonly level: number
  readonly ways: Ways
}

export const noChecks: Checks = { microphone: 'waiting', sound: 'waiting', path: 'waiting', notifications: 'waiting', level: 0, ways: untried }

/** How long the microphone is listened to, when nothing is heard sooner. */
const listenMs = 1_200

/** As loud as somebody who speaks. */
const enoughLevel = 0.3

/** What a phone needs before it may say that it is ready; begun by a gesture, so that the browser lets it ring. */
export async function preflight(tryWays: TryWays, told: (checks: Checks) => void): Promise<Checks> {
  let checks = noChecks
  const set = (change: Partial<Checks>): void => {
    checks = { ...checks, ...change }
    told(checks)
  }
  set({ sound: 'running' })
  // First, because the gesture allows it only for a moment.
  set({ sound: (await player.testRing()) ? 'good' : 'bad', microphone: 'running', path: 'running' })
  const stream = await openMicrophone().catch((error: unknown) => {
    set({ microphone: error instanceof MicrophoneRefused ? 'bad' : 'warning' })
    return null
  })
  const track = stream?.getAudioTracks()[0] ?? null
  try {
    await Promise.all([
      stream !== null && listen(stream, (level) => set({ level })).then((microphone) => set({ microphone })),
      path(track, tryWays, (ways) => set({ ways })).then((result) => set({ path: result })),
    ])
  } finally {
    stream?.getTracks().forEach((open) => open.stop())
  }
  set({ notifications: 'running' })
  set({ notifications: canNotify && (await askToNotify()) === 'granted' ? 'good' : 'warning' })
  return checks
}

/** Without asking: true when a page of this browser may listen and be heard already. Who was woken by a notification need not hear the ring too. */
export async function silentPreflight(woken = false): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: 'microphone' })
    if (status.state !== 'granted') return false
  } catch {
    return false
  }
  if (woken) return true
  const context = new AudioContext()
  try {
    // A context that may sound runs within moments; one that may not waits for a gesture.
    await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 300))])
    return context.state === 'running'
  } finally {
    void context.close()
  }
}

/** Something comes from it, if only the noise of a room; a warning when nothing at all does. */
async function listen(stream: MediaStream, told: (level: number) => void): Promise<CheckResult> {
  if (!stream.getAudioTracks().some((track) => track.readyState === 'live')) return 'bad'
  let loudest = 0
  await new Promise<void>((heard) => {
    const limit = setTimeout(() => over(), listenMs)
    const stop = measure(stream, (level) => {
      if (level <= loudest) return
      loudest = level
      told(level)
      if (level > enoughLevel) over()
    })
    const over = (): void => {
      clearTimeout(limit)
      stop()
      heard()
    }
  })
  return loudest > 0 ? 'good' : 'warning'
}

/** Sound gets to the server and back, some way. */
async function path(track: MediaStreamTrack | null, tryWays: TryWays, told: (ways: Ways) => void): Promise<CheckResult> {
  if (!('RTCPeerConnection' in globalThis)) return 'bad'
  return verdict(await tryWays(track, told))
}
