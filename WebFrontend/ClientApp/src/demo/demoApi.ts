import type { Account, HistoryItem, UserSettings } from '../hub/contracts.gen'
import { ApiError, type Api } from '../adapters/api'

export const people = [
  ['101', 'Ada Lindqvist'], ['102', 'Ben Okafor'], ['103', 'Clara Moreau'], ['104', 'Dmitri Volkov'], ['105', 'Elif Yılmaz'], ['106', 'Farid Haddad'],
  ['107', 'Grace Tanaka'], ['108', 'Henrik Sørensen'], ['109', 'Inés Carrasco'], ['110', 'Jonas Weber'],
] as const

const minute = 60_000

function item(at: number, minutesAgo: number, direction: HistoryItem['direction'], number: string, name: string, seconds: number): HistoryItem {
  const started = at - minutesAgo * minute
  const answered = seconds > 0
  return {
    callKey: `past-${minutesAgo}`, direction, peer: { number, name, extension: number.length === 3 ? number : null }, line: direction === 'inbound' ? '+49 30 555 0101' : '101',
    startedAt: new Date(started).toISOString(), answeredAt: answered ? new Date(started + 8_000).toISOString() : null, endedAt: new Date(started + seconds * 1_000).toISOString(),
    durationSeconds: seconds, end: answered ? 'completed' : direction === 'inbound' ? 'cancelled' : 'noAnswer', missed: !answered && direction === 'inbound',
    recordings: seconds < 300 ? [] : [{
      id: `${minutesAgo}`.padStart(32, '0'), extension: '101', callKey: `past-${minutesAgo}`, direction, peer: { number, name, extension: null }, kind: 'wav', startedAt: new Date(started + 9_000).toISOString(),
      endedAt: new Date(started + seconds * 1_000).toISOString(), durationSeconds: seconds - 9, size: seconds * 64_000, sha256: '', missingSeconds: 0, interrupted: false,
    }],
  }
}

const history = (at: number): HistoryItem[] => [
  item(at, 12, 'inbound', '104', 'Dmitri Volkov', 347),
  item(at, 41, 'outbound', '+493055501882', '', 92),
  item(at, 66, 'inbound', '+33142685300', 'Atelier Lumière', 0),
  item(at, 98, 'inbound', 'anonymous', '', 0),
  item(at, 130, 'outbound', '103', 'Clara Moreau', 1_284),
  item(at, 155, 'inbound', '109', 'Inés Carrasco', 0),
  item(at, 1_500, 'inbound', '102', 'Ben Okafor', 65),
  item(at, 1_560, 'outbound', '107', 'Grace Tanaka', 0),
  item(at, 1_720, 'outbound', '*43', '', 21),
  item(at, 1_800, 'outbound', '99901', '', 2_154),
  item(at, 3_000, 'inbound', '+442079460958', '', 410),
]

const wave = (pace: number): number[] => Array.from({ length: 300 }, (_, index) => Math.round(120 * Math.abs(Math.sin(index / pace)) * Math.abs(Math.sin(index / 41 + pace))))

const recoveryCodes = Array.from({ length: 10 }, (_, index) => `ABCD-EFGH-IJKL-MNO${'ABCDEFGHIJ'.charAt(index)}`)

/** What the server takes to search a large directory. */
const slowMs = 600

const later = <T>(value: T): Promise<T> => Promise.resolve(value)

/** The REST side of the demonstration. */
export function demoApi(signedIn: boolean, settings: UserSettings, empty: boolean, hasWebphone = true, large = false): Api {
  const account: Account = { user: '101@demo.example', extension: '101', name: 'Ada Lindqvist', tenant: { name: 'Northwind Studio', domain: 'demo.example' }, settings, callerIds: empty ? [] : ['+493055501820', '+493055501821'], hasWebphone, signOutMinutes: null }
  const entries = people.map(([extension, name]) => ({ extension, name }))
  return {
    signIn: ({ password, code }) => {
      if (password === 'demo-code' && code !== '123456') return Promise.reject(new ApiError(401, code === null ? 'code-needed' : 'wrong-code', null))
      return password === 'demo-101' || password === 'demo-code' ? later(account) : Promise.reject(new ApiError(401, 'wrong-credentials', null))
    },
    signOut: () => later(undefined),
    account: () => (signedIn ? later(account) : Promise.reject(new ApiError(401, 'signed-out', null))),
    saveSettings: () => later(undefined),
    callSettings: () => later({ holdRecallSeconds: 60, autoAnswer: [] }),
    saveCallSettings: (next) => later(next),
    changePassword: () => later(undefined),
    recover: () => later(undefined),
    secondFactor: () => later({ enabled: false, recoveryCodes: 0 }),
    beginSecondFactor: () => later({ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Webphone%3A101%40demo.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Webphone' }),
    enableSecondFactor: ({ code }) => (code === '123456' ? later({ codes: recoveryCodes }) : Promise.reject(new ApiError(403, 'wrong-code', null))),
    renewRecoveryCodes: () => later({ codes: recoveryCodes }),
    removeSecondFactor: () => later(undefined),
    directory: (query) => {
      if (!large) return later({ entries: empty ? [] : entries, more: false })
      return query === '' ? later({ entries: entries.slice(0, 3), more: true }) : new Promise((resolve) => setTimeout(() => resolve({ entries: entries.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase())), more: false }), slowMs))
    },
    history: () => later({ entries: empty ? [] : history(Date.now()), more: false }),
    recordingUrl: () => 'data:audio/wav;base64,',
    recordingWave: () => later({ durationSeconds: 338, left: wave(3), right: wave(5) }),
    deleteRecording: () => later(undefined),
    recordingAccess: () => later({ entries: empty ? [] : [{ recordingId: '12'.padStart(32, '0'), owner: '103', by: '101', use: 'listen', at: new Date().toISOString(), address: '192.0.2.14' }], more: false }),
    pushKey: () => later({ publicKey: null }),
    subscribe: () => later(undefined),
    unsubscribe: () => later(undefined),
  }
}
