import { z } from 'zod';
import type { ProfileField as Name, Profile } from '../models/profiles.js';
import { profileFields } from '../services/profile.js';
import type { AppContext } from '../web/app-context.js';
import { choice, fieldErrors, singleLine } from '../web/forms.js';
import type { Translate } from '../web/page-models.js';
import type { ProfileField } from '../web/pages/profile.js';
import { languageName } from './language-names.js';

/** Names of people and banks are words: a picture in them cannot be read aloud, printed, or sent to a bank. */
const words = (most: number) =>
  singleLine(most).refine((text) => !/\p{Extended_Pictographic}/u.test(text), { error: 'errors.pictures' });
const matching = (most: number, shape: RegExp, error: string) =>
  singleLine(most).refine((text) => text === '' || shape.test(text), { error });

const schemas = {
  lastName: words(64),
  firstName: words(64),
  email: matching(190, /^[^\s@<>,;:"]+@[^\s@<>,;:"]+\.[^\s@<>,;:".]+$/, 'errors.email'),
  phone: matching(40, /^\+?[0-9][0-9 ()*#-]*$/, 'errors.phone'),
  bankName: words(100),
  bankAccount: matching(64, /^[A-Za-z0-9][A-Za-z0-9 -]*$/, 'errors.bank-account'),
  bankHolder: words(100),
  language: choice(['', 'zh-CN', 'en']),
  theme: choice(['system', 'light', 'dark']),
};

const most: Readonly<Record<Name, number>> = {
  ...{ lastName: 64, firstName: 64, email: 190, phone: 40, bankName: 100, bankAccount: 64, bankHolder: 100 },
  ...{ language: 10, theme: 10 },
};
const panels: ReadonlyArray<{ titleKey: string; names: readonly Name[] }> = [
  { titleKey: 'person', names: ['lastName', 'firstName', 'email', 'phone'] },
  { titleKey: 'bank', names: ['bankName', 'bankAccount', 'bankHolder'] },
  { titleKey: 'choices', names: ['language', 'theme'] },
];
const inputs: Partial<Record<Name, [inputMode: string, autocomplete: string]>> = {
  lastName: ['', 'family-name'],
  firstName: ['', 'given-name'],
  email: ['email', 'email'],
  phone: ['tel', 'tel'],
};
const helped: readonly Name[] = ['bankHolder', 'theme'];

export interface Typed {
  /** Of the fields that were sent: what is right. */
  values: Partial<Profile>;
  /** As typed, right or not. */
  texts: Partial<Record<Name, string>>;
  was: Partial<Record<Name, string>>;
  /** Field → locale key. */
  errors: Readonly<Record<string, string>>;
}

/** Reads whichever fields a body has; a field that is absent is left as it is. */
export function typedOf(body: unknown): Typed {
  const sent: Readonly<Record<string, unknown>> = { ...Object(body) };
  const names = profileFields.filter((name) => name in sent);
  const shape = Object.fromEntries(names.map((name) => [name, schemas[name]]));
  const parsed = z.object(shape).safeParse(sent);
  const texts = names.map((name) => [name, typeof sent[name] === 'string' ? sent[name].slice(0, 10_000) : '']);
  const before = names.map((name) => [name, sent[`was_${name}`]]).filter(([, was]) => typeof was === 'string');
  return {
    values: parsed.success ? parsed.data : {},
    texts: Object.fromEntries(texts),
    was: Object.fromEntries(before),
    errors: parsed.success ? {} : fieldErrors(parsed.error),
  };
}

/** The one field a script sent; null = it sent the form. */
export function fieldAsked(body: unknown): Name | null {
  const { field } = Object(body);
  return profileFields.find((name) => name === field) ?? null;
}

/** The panels of the page. @param texts what was typed, where it goes before what is stored */
export function panelsOf(
  { languages }: Pick<AppContext, 'languages'>,
  t: Translate,
  stored: Profile,
  texts: Typed['texts'] = {},
): Array<{ titleKey: string; fields: ProfileField[] }> {
  const options: Partial<Record<Name, ProfileField['options']>> = {
    language: [
      { value: '', text: t('profile.show.language-team') },
      ...languages.offered.map((value) => ({ value, text: languageName(value) })),
    ],
    theme: ['system', 'light', 'dark'].map((value) => ({ value, text: t(`profile.show.theme-${value}`) })),
  };
  const fieldOf = (name: Name): ProfileField => ({
    ...{ name, kind: options[name] ? 'select' : 'text', options: options[name] ?? [], most: most[name] },
    ...{ value: texts[name] ?? stored[name], was: stored[name], hasHelp: helped.includes(name) },
    ...{ inputMode: inputs[name]?.[0] ?? '', autocomplete: inputs[name]?.[1] ?? 'off' },
  });
  return panels.map(({ titleKey, names }) => ({ titleKey, fields: names.map(fieldOf) }));
}
