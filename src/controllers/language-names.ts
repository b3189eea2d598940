import type { Language } from '../web/page-models.js';

const names = new Map<Language, string>();

/** A language in its own words, as one looks for it: the same on every page, so it is no text of the locale files. */
export function languageName(language: Language): string {
  const known = names.get(language);
  if (known) return known;
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  names.set(language, name);
  return name;
}
