import { hubPaths, type Account, type DirectoryPage, type HistoryPage, type MyCallSettings, type PasswordChange, type PasswordProof, type PasswordRecovery, type Problem, type PushKey, type PushSubscriptionRequest, type RecordingAccessPage, type RecordingWave, type RecoveryCodes, type SecondFactorCode, type SecondFactorSecret, type SecondFactorStatus, type SignInRequest, type UserSettings } from '../hub/contracts.gen'

/** A refused request: the server's code, or "network" when it was not reached. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, readonly retryAfter: number | null) {
    super(code)
    this.name = 'ApiError'
  }
}

/** A request that is not answered in this time went to a network that is gone. */
const requestLimitMs = 15_000

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response
  try {
    response = await fetch(`/api${path}`, {
      method,
      headers: { [hubPaths.requestHeader]: '1', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(requestLimitMs),
    })
  } catch {
    throw new ApiError(0, 'network', null)
  }
  if (response.ok) return (response.status === 204 ? undefined : await read(response)) as T
  const problem = (await response.json().catch(() => null)) as Problem | null
  throw new ApiError(response.status, problem?.code ?? `http-${response.status}`, problem?.retryAfter ?? null)
}

/** What comes cut short, or from somebody in between (a hotel's sign-in page), is no answer. */
async function read(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    throw new ApiError(0, 'network', null)
  }
}

export const api = {
  signIn: (request: SignInRequest) => ask<Account>('POST', '/session', request),
  signOut: (everywhere: boolean) => ask<undefined>('DELETE', everywhere ? '/session?everywhere=true' : '/session'),
  account: () => ask<Account>('GET', '/me'),
  saveSettings: (settings: UserSettings) => ask<undefined>('PUT', '/me/settings', settings),
  callSettings: () => ask<MyCallSettings>('GET', '/me/calls'),
  saveCallSettings: (settings: MyCallSettings) => ask<MyCallSettings>('PUT', '/me/calls', settings),
  changePassword: (change: PasswordChange) => ask<undefined>('PUT', '/me/password', change),
  recover: (recovery: PasswordRecovery) => ask<undefined>('POST', '/recovery', recovery),
  secondFactor: () => ask<SecondFactorStatus>('GET', '/me/second-factor'),
  beginSecondFactor: (proof: PasswordProof) => ask<SecondFactorSecret>('POST', '/me/second-factor', proof),
  enableSecondFactor: (code: SecondFactorCode) => ask<RecoveryCodes>('PUT', '/me/second-factor', code),
  renewRecoveryCodes: (proof: PasswordProof) => ask<RecoveryCodes>('POST', '/me/second-factor/recovery-codes', proof),
  removeSecondFactor: (proof: PasswordProof) => ask<undefined>('POST', '/me/second-factor/removal', proof),
  directory: (search: string) => ask<DirectoryPage>('GET', `/directory?search=${encodeURIComponent(search)}`),
  history: (before: string | null, count: number) =>
    ask<HistoryPage>('GET', `/history?count=${count}${before === null ? '' : `&before=${encodeURIComponent(before)}`}`),
  recordingUrl: (id: string, download: boolean) => `/api/recordings/${id}${download ? '?download=true' : ''}`,
  recordingWave: (id: string) => ask<RecordingWave>('GET', `/recordings/${id}/wave`),
  deleteRecording: (id: string) => ask<undefined>('DELETE', `/recordings/${id}`),
  recordingAccess: (before: string | null) => ask<RecordingAccessPage>('GET', `/recordings/access?count=50${before === null ? '' : `&before=${encodeURIComponent(before)}`}`),
  pushKey: () => ask<PushKey>('GET', '/push/key'),
  subscribe: (subscription: PushSubscriptionRequest) => ask<undefined>('POST', '/push/subscription', subscription),
  unsubscribe: (endpoint: string) => ask<undefined>('DELETE', `/push/subscription?endpoint=${encodeURIComponent(endpoint)}`),
}

export type Api = typeof api
