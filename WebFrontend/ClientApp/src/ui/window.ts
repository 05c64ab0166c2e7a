/** The softphone in a window of its own, which a portal tab opened. */
const popupName = 'webphone-popup'

export const isPopup = (): boolean => window.name === popupName

export function openPopup(): void {
  window.open('/webphone', popupName, 'popup,width=420,height=760')
}
