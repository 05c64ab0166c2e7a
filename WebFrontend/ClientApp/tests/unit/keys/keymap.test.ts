import { describe, expect, it } from 'vitest'
import { keyAction, type KeyContext, type KeyPress } from '../../../src/core/keys/keymap'

const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({ key, ctrl: false, alt: false, meta: false, repeat: false, typing: false, onControl: false, ...change })

describe('KEY-01 to KEY-10 the keyboard', () => {
  it.each([
    ['idle', '5', 'type'], ['idle', '*', 'type'], ['idle', '#', 'type'], ['idle', '+', 'type'], ['idle', 'Enter', 'call'], ['idle', 'Backspace', 'erase'], ['idle', 'Escape', undefined], ['idle', 'm', undefined],
    ['ringing', 'Enter', 'answer'], ['ringing', 'Escape', 'decline'], ['ringing', '5', undefined],
    ['onCall', '5', 'digit'], ['onCall', '#', 'digit'], ['onCall', 'Escape', 'hangUp'], ['onCall', 'm', 'mute'], ['onCall', 'M', 'mute'], ['onCall', 'h', 'hold'], ['onCall', 'Enter', undefined],
    ['idle', '?', 'help'], ['onCall', '?', 'help'],
  ] as const)('%s: %s does %s', (context: KeyContext, key: string, kind: string | undefined) => {
    expect(keyAction(press(key), context)?.kind).toBe(kind)
  })

  it('leaves every key alone while something is typed, but the quick search', () => {
    for (const key of ['5', 'Enter', 'Escape', 'm', 'h', '?']) expect(keyAction(press(key, { typing: true }), 'onCall')).toBeNull()
    expect(keyAction(press('k', { ctrl: true, typing: true }), 'idle')).toEqual({ kind: 'search' })
    expect(keyAction(press('K', { meta: true }), 'onCall')).toEqual({ kind: 'search' })
  })

  it('lets Enter press the button that has the focus', () => {
    expect(keyAction(press('Enter', { onControl: true }), 'ringing')).toBeNull()
    expect(keyAction(press('Enter', { onControl: true }), 'idle')).toBeNull()
    expect(keyAction(press('Escape', { onControl: true }), 'ringing')).toEqual({ kind: 'decline' })
  })

  it('does nothing twice while a key is kept down, and nothing with other modifiers', () => {
    expect(keyAction(press('m', { repeat: true }), 'onCall')).toBeNull()
    expect(keyAction(press('Escape', { repeat: true }), 'onCall')).toBeNull()
    expect(keyAction(press('h', { alt: true }), 'onCall')).toBeNull()
    expect(keyAction(press('5', { ctrl: true }), 'idle')).toBeNull()
  })
})
