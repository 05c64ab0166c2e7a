import { Store } from '../core/store'
import { api } from './api'
import { patiently } from './patiently'
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

export async function readPush(): Promise<void> {
  const manager = await pushManager()
  const key = manager === null ? null : await api.pushKey().catch(() => null)
  if (manager === null || key?.publicKey == null) {
    push.set('unavailable')
    return
  }
  push.set((await manager.getSubscription()) === null ? 'off' : 'on')
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
  const subscription = known ?? (await manager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }))
  const { endpoint, keys } = subscription.toJSON()
  if (endpoint === undefined || keys?.['p256dh'] === undefined || keys['auth'] === undefined) return
  await api.subscribe({ endpoint, p256dh: keys['p256dh'], auth: keys['auth'] })
  push.set('on')
}

async function pushManager(): Promise<PushManager | null> {
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis)) return null
  const registration = await navigator.serviceWorker.getRegistration()
  return registration?.pushManager ?? null
}
