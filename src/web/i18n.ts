import { fileURLToPath } from 'node:url';
import { I18n } from 'i18n';
import type { Language, Translate } from './page-models.js';

export interface Languages {
  offered: readonly Language[];
  default: Language;
  /** Values in the locale files are written `{{{name}}}`: escaping is the view's work. */
  translator(language: Language): Translate;
  /** The first wish that is offered: exactly, else by its first part (`en-GB` → `en`, `zh` → `zh-CN`). */
  choose(wishes: ReadonlyArray<string | null | undefined>): Language;
}

export interface LanguageOptions {
  offered: readonly Language[];
  default: Language;
  /** What to do about a missing key: tests throw, production logs and shows the key. */
  onMissing(language: string, key: string): string;
  directory?: string;
}

const localesDirectory = fileURLToPath(new URL('../locales', import.meta.url));

/** Loads the locale files once. Never writes them (the package's default is to add missing keys to the files). */
export function createLanguages(options: LanguageOptions): Languages {
  const catalog = new I18n({
    locales: [...options.offered],
    defaultLocale: options.default,
    directory: options.directory ?? localesDirectory,
    updateFiles: false,
    autoReload: false,
    syncFiles: false,
    objectNotation: true,
    retryInDefaultLocale: false,
    // The package's own handler would note the key in its catalog and answer with the key's last part.
    missingKeyFn: (locale, key) => options.onMissing(locale, key),
  });
  const translators = new Map<string, Translate>();
  for (const language of options.offered) {
    translators.set(language, (key, params) => {
      const named: Record<string, string> = {};
      for (const [name, value] of Object.entries(params ?? {})) named[name] = String(value);
      const text: unknown = catalog.__({ phrase: key, locale: language }, named);
      // A branch of the tree is no text: the package hands out the object.
      return typeof text === 'string' ? text : options.onMissing(language, key);
    });
  }
  const choose: Languages['choose'] = (wishes) => {
    for (const wish of wishes) {
      const found = wish ? match(wish, options.offered) : undefined;
      if (found) return found;
    }
    return options.default;
  };
  const translator = (language: Language): Translate => {
    const found = translators.get(language);
    if (!found) throw new Error(`no locale file for ${language}`);
    return found;
  };
  return { offered: options.offered, default: options.default, translator, choose };
}

/** Languages of an Accept-Language header, best first. */
export function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .slice(0, 20)
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((p) => /^\s*q=([0-9.]+)$/.exec(p)?.[1]).find((q) => q !== undefined);
      return { tag: tag.trim(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(tag) && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

function match(wish: string, offered: readonly Language[]): Language | undefined {
  const wanted = wish.toLowerCase();
  const exact = offered.find((language) => language.toLowerCase() === wanted);
  if (exact) return exact;
  const [primary] = wanted.split('-');
  return offered.find((language) => language.toLowerCase().split('-')[0] === primary);
}
