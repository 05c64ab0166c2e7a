// Runs before the app and knows nothing of it: loads again what did not come because the network changed or the server was starting. A style sheet is asked for
// anew; without a script there is no app, so the page is. Until then the page's own words and link are to be seen.
(() => {
  // Where this is missing the guard itself did not come, and only the link is left.
  document.documentElement.dataset.guarded = ''
  const key = 'webphone.loads'
  const stepsMs = [200, 500, 1000, 2000, 4000, 8000]
  let failed = false

  const waitMs = (attempt) => stepsMs[Math.min(attempt, stepsMs.length - 1)] * (0.8 + 0.4 * Math.random())

  function count(change) {
    try {
      const before = Number(sessionStorage.getItem(key) ?? 0)
      if (change === 0) sessionStorage.removeItem(key)
      else sessionStorage.setItem(key, String(before + change))
      return before
    } catch {
      return 3
    }
  }

  function reload() {
    if (failed) return
    failed = true
    setTimeout(() => location.reload(), waitMs(count(1)))
    addEventListener('online', () => location.reload())
  }

  function style(link) {
    const attempt = Number(link.dataset.attempt ?? 0)
    setTimeout(() => {
      const next = link.cloneNode()
      next.dataset.attempt = String(attempt + 1)
      link.replaceWith(next)
    }, waitMs(attempt))
  }

  addEventListener('error', ({ target }) => {
    if (target instanceof HTMLScriptElement && target.type === 'module') reload()
    else if (target instanceof HTMLLinkElement && target.relList.contains('stylesheet')) style(target)
  }, true)
  addEventListener('load', () => {
    if (!failed) count(0)
  })
})()
