import { describe, expect, it } from 'vitest'
import { headsetLayout, lampReport, readBit, usage } from '../../../src/core/headset/hid'

const collections = [
  { usagePage: 0x0c, inputReports: [{ reportId: 1, items: [{ usages: [0x000c_00e9], reportSize: 1, reportCount: 8 }] }] },
  {
    usagePage: 0x0b,
    inputReports: [{ reportId: 2, items: [{ usages: [usage.hookSwitch], reportSize: 1, reportCount: 1 }, { usages: [0x000b_0024], reportSize: 1, reportCount: 3 }, { usages: [usage.phoneMute], reportSize: 1, reportCount: 1 }] }],
    outputReports: [
      { reportId: 3, items: [{ isRange: true, usageMinimum: usage.ledOffHook, usageMaximum: usage.ledRing, reportSize: 1, reportCount: 2 }, { usages: [usage.ledMute], reportSize: 1, reportCount: 1 }, { reportSize: 1, reportCount: 5 }] },
    ],
  },
]

describe('N19 a headset', () => {
  it('is read by its report description', () => {
    expect(headsetLayout(collections)).toMatchObject({
      hookSwitch: { reportId: 2, bit: 0 }, phoneMute: { reportId: 2, bit: 4 }, ledOffHook: { reportId: 3, bit: 0 }, ledRing: { reportId: 3, bit: 1 }, ledMute: { reportId: 3, bit: 2 },
    })
  })

  it('tells its buttons and lights its lamps', () => {
    const layout = headsetLayout(collections)
    if (layout?.hookSwitch == null || layout.phoneMute === null) throw new Error('no layout')
    const report = new DataView(Uint8Array.of(0b1_0001).buffer)
    expect(readBit(report, layout.hookSwitch)).toBe(true)
    expect(readBit(report, layout.phoneMute)).toBe(true)
    expect(readBit(new DataView(new ArrayBuffer(0)), layout.phoneMute)).toBe(false)
    expect([...lampReport(layout, 3, [[layout.ledOffHook, true], [layout.ledRing, false], [layout.ledMute, true]])]).toEqual([0b101])
  })

  it('is no headset without a hook switch', () => {
    expect(headsetLayout(collections.slice(0, 1))).toBeNull()
    expect(headsetLayout([])).toBeNull()
  })
})
