import { headsetLayout, lampReport, readBit, telephonyPage, type HeadsetLayout } from '../core/headset/hid'
import { Store } from '../core/store'

/** WebHID as far as it is used here; no browser's own types have it yet. */
interface HidDevice extends EventTarget {
  readonly productName: string
  readonly opened: boolean
  readonly collections: Parameters<typeof headsetLayout>[0]
  open(): Promise<void>
  close(): Promise<void>
  sendReport(reportId: number, data: Uint8Array<ArrayBuffer>): Promise<void>
}

interface Hid extends EventTarget {
  getDevices(): Promise<HidDevice[]>
  requestDevice(options: { filters: { usagePage: number }[] }): Promise<HidDevice[]>
}

interface InputReport extends Event {
  readonly reportId: number
  readonly data: DataView
}

export interface HeadsetButtons {
  /** Off the hook is true: answer or take; on the hook: hang up. */
  hook(off: boolean): void
  mute(): void
}

export interface Lamps {
  readonly ringing: boolean
  readonly offHook: boolean
  readonly muted: boolean
}

const hid = (): Hid | null => ('hid' in navigator ? (navigator.hid as Hid) : null)

export const canUseHeadset = hid() !== null

/** The name of the headset whose buttons work; null for none. */
export const headsetName = new Store<string | null>(null)

let device: HidDevice | null = null
let layout: HeadsetLayout | null = null
let buttons: HeadsetButtons | null = null
let hook = false
let lamps: Lamps = { ringing: false, offHook: false, muted: false }

/** Uses a headset that was allowed before, now and whenever it is plugged in. */
export async function startHeadset(handler: HeadsetButtons): Promise<void> {
  buttons = handler
  const source = hid()
  if (source === null) return
  source.addEventListener('connect', () => void openFirst(source))
  source.addEventListener('disconnect', (event) => {
    if ((event as Event & { device?: HidDevice }).device === device) forget()
  })
  await openFirst(source)
}

/** Asks the user for one; needs a gesture. */
export async function chooseHeadset(): Promise<void> {
  const source = hid()
  if (source === null) return
  const chosen = await source.requestDevice({ filters: [{ usagePage: telephonyPage }] }).catch(() => [])
  for (const candidate of chosen) if (await open(candidate)) return
}

export function showLamps(next: Lamps): void {
  if (next.ringing === lamps.ringing && next.offHook === lamps.offHook && next.muted === lamps.muted) return
  lamps = next
  void sendLamps()
}

async function openFirst(source: Hid): Promise<void> {
  if (device !== null) return
  for (const candidate of await source.getDevices().catch(() => [])) if (await open(candidate)) return
}

async function open(candidate: HidDevice): Promise<boolean> {
  const found = headsetLayout(candidate.collections)
  if (found === null) return false
  try {
    if (!candidate.opened) await candidate.open()
  } catch {
    return false
  }
  if (device !== null && device !== candidate) await device.close().catch(() => undefined)
  device = candidate
  layout = found
  candidate.addEventListener('inputreport', (event) => read(event as InputReport))
  headsetName.set(candidate.productName)
  await sendLamps()
  return true
}

function forget(): void {
  device = null
  layout = null
  headsetName.set(null)
}

function read(report: InputReport): void {
  if (layout?.hookSwitch?.reportId === report.reportId) {
    const off = readBit(report.data, layout.hookSwitch)
    if (off !== hook) {
      hook = off
      buttons?.hook(off)
    }
  }
  if (layout?.phoneMute?.reportId === report.reportId && readBit(report.data, layout.phoneMute)) buttons?.mute()
}

async function sendLamps(): Promise<void> {
  if (device === null || layout === null) return
  const all = [[layout.ledRing, lamps.ringing], [layout.ledOffHook, lamps.offHook], [layout.ledMute, lamps.muted]] as const
  hook = lamps.offHook
  for (const id of new Set(all.flatMap(([place]) => (place === null ? [] : [place.reportId])))) {
    await device.sendReport(id, lampReport(layout, id, all)).catch(() => undefined)
  }
}
