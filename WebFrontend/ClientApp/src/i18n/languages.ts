/** The languages that the app speaks, each by its own name. */
export const languages = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  ar: 'العربية',
} as const

export type Language = keyof typeof languages

export const isLanguage = (tag: string): tag is Language => Object.hasOwn(languages, tag)

/** The first of the wanted languages that is spoken here. */
export const pickLanguage = (wanted: readonly string[]): Language => wanted.map((tag) => tag.split('-')[0] ?? '').find(isLanguage) ?? 'en'

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')
