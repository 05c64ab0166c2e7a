import { HttpError, HubConnectionBuilder, HubConnectionState, LogLevel } from '@microsoft/signalr'
import { hubLimits, hubPaths, phoneClientMethods, phoneHubMethods, type PhoneHub } from '../hub/contracts.gen'
import { HubGone, NotSignedIn, type HubConnection, type HubEvents } from '../core/phone/ports'

/** A command that is not answered in this time counts as lost with its connection. */
const commandLimitMs = 15_000

export function openSignalrHub(events: HubEvents): HubConnection {
  const connection = new HubConnectionBuilder().withUrl(hubPaths.phone).configureLogging(LogLevel.None).build()
  connection.serverTimeoutInMilliseconds = hubLimits.silenceMs
  connection.keepAliveIntervalInMilliseconds = hubLimits.pageHeartbeatMs
  connection.onclose(() => events.closed())
  for (const [event, method] of Object.entries(phoneClientMethods)) {
    const handler = events[event as keyof typeof phoneClientMethods] as (argument: unknown) => void
    connection.on(method, handler)
  }

  async function invoke<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new HubGone())
        void connection.stop()
      }, commandLimitMs)
    })
    try {
      return await Promise.race([connection.invoke<T>(method, ...args), limit])
    } catch (error) {
      // What fails on a living connection is the server's refusal.
      throw connection.state === HubConnectionState.Connected ? error : new HubGone()
    } finally {
      clearTimeout(timer)
    }
  }

  const commands = Object.fromEntries(
    Object.entries(phoneHubMethods).map(([command, method]) => [command, (...args: readonly unknown[]) => invoke(method, ...args)]),
  ) as unknown as PhoneHub

  return {
    ...commands,
    start: async () => {
      try {
        await connection.start()
      } catch (error) {
        throw isUnauthorized(error) ? new NotSignedIn() : new HubGone()
      }
    },
    stop: () => void connection.stop(),
  }
}

function isUnauthorized(error: unknown): boolean {
  if (error instanceof HttpError) return error.statusCode === 401
  return error instanceof Error && /\b401\b/.test(error.message)
}
