import { MicrophoneRefused } from '../core/phone/ports'
import { askToNotify, canNotify } from './notifications'
import { openMicrophone } from './microphone'
import { player } from './player'

export type CheckName = 'microphone' | 'sound' | 'path' | 'notifications'
export type CheckResult = 'waiting' | 'running' | 'good' | 'warning' | 'bad'
export type Checks = Readonly<Record<CheckName, CheckResult>>

export const noChecks: Checks = { microphone: 'waiting', sound: 'waiting', path: 'waiting', notifications: 'waiting' }

/** What a phone needs before it may say that it is ready; begun by a gesture, so that the browser lets it ring. */
export async function preflight(told: (checks: Checks) => void): Promise<Checks> {
  let checks = noChecks
  const set = (name: CheckName, result: CheckResult): void => {
    checks = { ...checks, [name]: result }
    told(checks)
  }
  set('sound', 'running')
  // First, because the gesture allows it only for a moment.
  set('sound', (await player.testRing()) ? 'good' : 'bad')
  set('microphone', 'running')
  set('microphone', await microphone())
  set('path', 'running')
  set('path', await path())
  set('notifications', 'running')
  set('notifications', canNotify && (await askToNotify()) === 'granted' ? 'good' : 'warning')
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

async function microphone(): Promise<CheckResult> {
  try {
    const stream = await openMicrophone()
    const live = stream.getAudioTracks().some((track) => track.readyState === 'live')
    stream.getTracks().forEach((track) => track.stop())
    return live ? 'good' : 'bad'
  } catch (error) {
    return error instanceof MicrophoneRefused ? 'bad' : 'warning'
  }
}

/** The browser finds at least one address to send sound from; a policy or an extension may keep it from that. */
async function path(): Promise<CheckResult> {
  if (!('RTCPeerConnection' in globalThis)) return 'bad'
  const peer = new RTCPeerConnection()
  try {
    peer.addTransceiver('audio')
    const found = new Promise<boolean>((resolve) => {
      peer.addEventListener('icecandidate', (event) => resolve(event.candidate !== null))
      setTimeout(() => resolve(false), 3_000)
    })
    await peer.setLocalDescription()
    return (await found) ? 'good' : 'bad'
  } finally {
    peer.close()
  }
}
