import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { browserMemory } from '../adapters/basics'
import { patiently } from '../adapters/patiently'
import en from './en.json'
import { directionOf, isLanguage, pickLanguage, type Language } from './languages'

/** English is in the first load, for what another language lacks or could not load; each other is loaded when it is wanted. */
const loaders: Record<Exclude<Language, 'en'>, () => Promise<{ default: typeof en }>> = {
  de: () => import('./de.json'),
  fr: () => import('./fr.json'),
  es: () => import('./es.json'),
  ar: async () => {
    await import('./arabic.css')
    return import('./ar.json')
  },
}

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: typeof en }
  }
}

export async function startLanguages(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en } },
    lng: 'en',
    fallbackLng: 'en',
    interpolation: { escapeValue: false },
  })
  await setLanguage(browserMemory.read('language'))
}

/** How long a language is waited for; after that it comes when it comes. */
const patienceMs = 1_500

let chosen: Language = 'en'

/** Null follows the browser. */
export async function setLanguage(wanted: string | null): Promise<void> {
  browserMemory.write('language', wanted)
  chosen = wanted !== null && isLanguage(wanted) ? wanted : pickLanguage(navigator.languages)
  await Promise.race([show(chosen), new Promise((resolve) => setTimeout(resolve, patienceMs))])
}

async function show(language: Language): Promise<void> {
  if (language !== 'en' && !i18next.hasResourceBundle(language, 'translation')) {
    try {
      i18next.addResourceBundle(language, 'translation', (await patiently(loaders[language])).default)
    } catch {
      return
    }
  }
  if (language !== chosen) return
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  document.documentElement.dir = directionOf(language)
}
