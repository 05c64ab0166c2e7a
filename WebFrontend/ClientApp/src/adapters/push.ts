import { Store } from '../core/store'
import { api } from './api'
import { patiently } from './patiently'
import { sessionId } from './basics'
import { askToNotify } from './notifications'

export type PushState = 'unknown' | 'unavailable' | 'off' | 'on'

/** Whether calls reach this browser while no tab of it is open. */
export const push = new Store<PushState>('unknown')

export async function startServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || !window.isSecureContext) {
    push.set('unavailable')
    return
  }
  await patiently(() => navigator.serviceWorker.register('/sw.js'))
}

/** Looks how it stands, and lets the server know again: its memory of this browser ended with the last sign-in. */
export async function readPush(): Promise<void> {
  const manager = await pushManager()
  const key = manager === null ? null : await api.pushKey().catch(() => null)
  if (manager === null || key?.publicKey == null) {
    push.set('unavailable')
    return
  }
  const known = await manager.getSubscription()
  if (known === null) {
    push.set('off')
    return
  }
  try {
    await tell(isFor(known, key.publicKey) ? known : await renew(manager, known, key.publicKey))
    push.set('on')
  } catch {
    push.set('off')
  }
}

export async function switchPush(on: boolean): Promise<void> {
  const manager = await pushManager()
  if (manager === null) return
  const known = await manager.getSubscription()
  if (!on) {
    if (known !== null) {
      await api.unsubscribe(known.endpoint).catch(() => undefined)
      await known.unsubscribe()
    }
    push.set('off')
    return
  }
  const { publicKey } = await api.pushKey()
  if (publicKey === null || (await askToNotify()) !== 'granted') return
  await tell(known !== null && isFor(known, publicKey) ? known : await renew(manager, known, publicKey))
  push.set('on')
}

/** The server may have another key than it had: a subscription for the old one is worth nothing. */
async function renew(manager: PushManager, known: PushSubscription | null, applicationServerKey: string): Promise<PushSubscription> {
  await known?.unsubscribe()
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey })
}

async function tell(subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON()
  if (endpoint === undefined || keys?.['p256dh'] === undefined || keys['auth'] === undefined) throw new Error('not a subscription')
  await api.subscribe({ endpoint, p256dh: keys['p256dh'], auth: keys['auth'], session: sessionId() })
}

function isFor(subscription: PushSubscription, key: string): boolean {
  const bytes = subscription.options.applicationServerKey
  return bytes !== null && base64Url(new Uint8Array(bytes)) === key
}

const base64Url = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

async function pushManager(): Promise<PushManager | null> {
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis)) return null
  const registration = await navigator.serviceWorker.getRegistration()
  return registration?.pushManager ?? null
}
