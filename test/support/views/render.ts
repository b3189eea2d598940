import { fileURLToPath } from 'node:url';
import { makeFormat } from '../../../src/web/format.js';
import { createLanguages } from '../../../src/web/i18n.js';
import type { Language, PageLocals, Theme } from '../../../src/web/page-models.js';
import { createRenderer } from '../../../src/web/render.js';
import { type Fixture, now } from './fixture.js';

export const languages: readonly Language[] = ['zh-CN', 'en'];
export const viewsDirectory = fileURLToPath(new URL('../../../views', import.meta.url));
export const publicDirectory = fileURLToPath(new URL('../../../public', import.meta.url));

const catalog = createLanguages({
  offered: languages,
  default: 'zh-CN',
  onMissing: (language, key) => {
    throw new Error(`no text for ${key} in ${language}`);
  },
});
const renderer = createRenderer(viewsDirectory, { cache: true });

/** Where every fixture's half-written form belongs. */
export const fixtureAddress = '/fixture?a=1&b=2';

/** Renders a fixture through the server's own renderer, formatters and texts; a missing text throws. */
export function renderFixture(fixture: Fixture, lang: Language, theme: Theme = 'system'): string {
  const locals: PageLocals = {
    lang,
    theme,
    t: catalog.translator(lang),
    url: (path) => path,
    asset: (path) => `/s/${path}`,
    csrf: 'token-of-the-test',
    bare: fixture.bare ?? false,
    now,
    fmt: makeFormat('Asia/Shanghai', lang),
    messages: fixture.messages ?? [],
    hasDesk: fixture.hasDesk ?? true,
    here: { page: fixtureAddress, opened: true, seal: '1.seal-of-the-test' },
  };
  return renderer.render(fixture.view, { ...locals, ...fixture.model });
}
