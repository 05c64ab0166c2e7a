/** A notification of the system while somebody rings; clicking it brings the page to the front. */
export const canNotify = 'Notification' in globalThis

export const notificationPermission = (): NotificationPermission => (canNotify ? Notification.permission : 'denied')

export async function askToNotify(): Promise<NotificationPermission> {
  if (!canNotify) return 'denied'
  return Notification.permission === 'default' ? Notification.requestPermission() : Notification.permission
}

const shown = new Map<string, Notification>()

export function notifyRing(leg: string, title: string, body: string): void {
  if (notificationPermission() !== 'granted' || shown.has(leg) || document.visibilityState === 'visible') return
  try {
    const notification = new Notification(title, { body, tag: leg, icon: '/icons/icon-192.png', requireInteraction: true })
    notification.onclick = () => {
      window.focus()
      notification.close()
    }
    shown.set(leg, notification)
  } catch {
    // Phones only notify from the service worker: the push does it there.
  }
}

export function stopNotifying(leg: string): void {
  shown.get(leg)?.close()
  shown.delete(leg)
}
