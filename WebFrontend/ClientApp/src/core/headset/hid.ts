/** The parts of WebHID's report description that matter here (HID 1.11, section 6.2.2). */
export interface HidItem {
  readonly usages?: readonly number[]
  readonly usageMinimum?: number
  readonly usageMaximum?: number
  readonly isRange?: boolean
  readonly reportSize?: number
  readonly reportCount?: number
}

export interface HidReport {
  readonly reportId?: number
  readonly items?: readonly HidItem[]
}

export interface HidCollection {
  readonly usagePage?: number
  readonly inputReports?: readonly HidReport[]
  readonly outputReports?: readonly HidReport[]
}

/** Usages of the telephony and LED pages (HID Usage Tables 1.4): page in the upper half. */
export const usage = {
  hookSwitch: 0x000b_0020,
  phoneMute: 0x000b_002f,
  ledMute: 0x0008_0009,
  ledOffHook: 0x0008_0017,
  ledRing: 0x0008_0018,
} as const

export const telephonyPage = 0x0b

export interface BitPlace {
  readonly reportId: number
  readonly bit: number
}

export interface HeadsetLayout {
  readonly hookSwitch: BitPlace | null
  readonly phoneMute: BitPlace | null
  readonly ledMute: BitPlace | null
  readonly ledOffHook: BitPlace | null
  readonly ledRing: BitPlace | null
  /** Bytes of every output report. */
  readonly outputBytes: ReadonlyMap<number, number>
}

/** Where a headset's buttons and lamps are in its reports; null for a device without a hook switch. */
export function headsetLayout(collections: readonly HidCollection[]): HeadsetLayout | null {
  const inputs = collections.flatMap((collection) => collection.inputReports ?? [])
  const outputs = collections.flatMap((collection) => collection.outputReports ?? [])
  const hookSwitch = place(inputs, usage.hookSwitch)
  if (hookSwitch === null) return null
  return {
    hookSwitch,
    phoneMute: place(inputs, usage.phoneMute),
    ledMute: place(outputs, usage.ledMute),
    ledOffHook: place(outputs, usage.ledOffHook),
    ledRing: place(outputs, usage.ledRing),
    outputBytes: new Map(outputs.map((report) => [report.reportId ?? 0, Math.ceil(bitsOf(report.items ?? []) / 8)])),
  }
}

export function readBit(report: DataView, place: BitPlace): boolean {
  const at = place.bit >> 3
  return at < report.byteLength && ((report.getUint8(at) >> (place.bit & 7)) & 1) === 1
}

/** The bytes of one output report with these lamps on. */
export function lampReport(layout: HeadsetLayout, reportId: number, lamps: readonly (readonly [BitPlace | null, boolean])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(layout.outputBytes.get(reportId) ?? 1)
  for (const [place, on] of lamps) {
    if (place === null || place.reportId !== reportId || !on) continue
    const at = place.bit >> 3
    bytes[at] = (bytes[at] ?? 0) | (1 << (place.bit & 7))
  }
  return bytes
}

const bitsOf = (items: readonly HidItem[]): number => items.reduce((sum, item) => sum + (item.reportSize ?? 0) * (item.reportCount ?? 0), 0)

function place(reports: readonly HidReport[], wanted: number): BitPlace | null {
  for (const report of reports) {
    let bit = 0
    for (const item of report.items ?? []) {
      const index = indexOf(item, wanted)
      if (index !== null && item.reportSize === 1 && index < (item.reportCount ?? 0)) return { reportId: report.reportId ?? 0, bit: bit + index }
      bit += (item.reportSize ?? 0) * (item.reportCount ?? 0)
    }
  }
  return null
}

function indexOf(item: HidItem, wanted: number): number | null {
  if (item.isRange === true) {
    const from = item.usageMinimum ?? 0
    return wanted >= from && wanted <= (item.usageMaximum ?? -1) ? wanted - from : null
  }
  const at = item.usages?.indexOf(wanted) ?? -1
  return at < 0 ? null : at
}
