import { expect, it } from 'vitest'
import { nextAct, recordedWhen } from '../../../src/core/phone/recordings'
import { keyAction } from '../../../src/core/keys/keymap'
import { Desk } from '../../support/desk'
import { settle } from '../../support/clock'

const clara = { number: '103', name: 'Clara Moreau', extension: '103' }

async function talking(): Promise<{ desk: Desk; leg: string }> {
  const desk = await Desk.ready()
  const leg = (await desk.phone.dial('103')) ?? ''
  desk.server.change(leg, { peer: clara })
  desk.server.connect(leg)
  await settle()
  return { desk, leg }
}

it('CTL-12 records a call from one press to the next, and shows it when the server says so', async () => {
  const { desk, leg } = await talking()
  desk.phone.recordings.toggle(leg)
  await settle()
  expect(desk.call(leg).recording?.phase).toBe('on')
  desk.phone.recordings.toggle(leg)
  await settle()
  expect(desk.call(leg).recording).toBeNull()
})

it('P21 pauses and resumes what the organisation records, and does not stop it', async () => {
  const { desk, leg } = await talking()
  desk.server.change(leg, { recording: { phase: 'on', automatic: true, startedAt: new Date(0).toISOString() } })
  await settle()
  desk.phone.recordings.toggle(leg)
  await settle()
  expect(desk.call(leg).recording?.phase).toBe('paused')
  expect(nextAct(desk.call(leg), desk.phone.state.get().me)).toBe('resume')
})

it('P21 tells when the organisation does not allow it, and shows no recording', async () => {
  const { desk, leg } = await talking()
  desk.server.recordingRefusal = 'forbidden'
  desk.phone.recordings.toggle(leg)
  await settle()
  expect(desk.call(leg).recording).toBeNull()
  expect(desk.phone.state.get().notice?.kind).toBe('notRecorded')
})

it('P21 offers nothing where nothing is recorded', async () => {
  const { desk, leg } = await talking()
  const me = desk.phone.state.get().me
  if (me === null) throw new Error('not attached')
  const never = { ...me, recording: { ...me.recording, internal: 'never', inbound: 'always' } as const }
  expect(nextAct(desk.call(leg), never)).toBeNull()
  expect(recordedWhen({ ...desk.call(leg), peer: { ...clara, extension: null }, direction: 'in' }, never)).toBe('always')
})

it('CTL-12 has a key on a call', () => {
  const press = { key: 'r', ctrl: false, alt: false, meta: false, repeat: false, typing: false, onControl: false }
  expect(keyAction(press, 'onCall')).toEqual({ kind: 'record' })
  expect(keyAction(press, 'idle')).toBeNull()
})
