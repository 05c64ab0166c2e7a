import { Store } from '../core/store'

/** Chromium's offer to install the app; other browsers have it in their menus. */
interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>
}

let offer: InstallOffer | null = null

export const installable = new Store(false)

export function watchInstall(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    offer = event as InstallOffer
    installable.set(true)
  })
  addEventListener('appinstalled', () => installable.set(false))
}

export async function install(): Promise<void> {
  const choice = await offer?.prompt()
  if (choice?.outcome === 'accepted') installable.set(false)
}
