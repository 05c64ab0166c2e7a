import { Component, Suspense, type ReactNode } from 'react'
import { Unreachable } from './Unreachable'

interface Props {
  /** What stands there while it loads. */
  readonly meanwhile: ReactNode
  readonly children: ReactNode
}

/**
 * A part of the app that is loaded when it is wanted. When it does not come, because the server is away or has a newer app, the whole page can be loaded
 * again; calls live on the server and come back with it.
 */
export class LazyPart extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (this.state.failed) return <Unreachable onRetry={() => location.reload()} />
    return <Suspense fallback={this.props.meanwhile}>{this.props.children}</Suspense>
  }
}
