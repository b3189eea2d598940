import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

type Texts = Map<string, string>;
function flatten(value: unknown, prefix = '', into: Texts = new Map()): Texts {
  if (typeof value === 'string') into.set(prefix, value);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, prefix ? `${prefix}.${key}` : key, into);
  }
  return into;
}
const texts = (language: string) => flatten(JSON.parse(readFileSync(root(`src/locales/${language}.json`), 'utf8')));
const reference = texts('zh-CN');
const others = readdirSync(root('src/locales'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''))
  .filter((name) => name !== 'zh-CN');

function sources(folder: string, ends: string): string {
  return readdirSync(root(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ends))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))
    .join('\n');
}
const views = sources('views', '.ejs');
const code = sources('src', '.ts');

const parameters = (text: string) => [...text.matchAll(/\{\{\{(\w+)\}\}\}/g)].map((m) => m[1]).sort();

describe('locales', () => {
  for (const language of others) {
    it(`${language} has the keys of zh-CN, all of them and no other`, () => {
      assert.deepEqual([...texts(language).keys()].sort(), [...reference.keys()].sort());
    });
    it(`${language} fills the same blanks`, () => {
      const mine = texts(language);
      for (const [key, text] of reference) assert.deepEqual(parameters(mine.get(key) ?? ''), parameters(text), key);
    });
  }

  it('have no empty text, no exclamation mark, and blanks the package does not escape itself', () => {
    for (const language of ['zh-CN', ...others]) {
      for (const [key, text] of texts(language)) {
        assert.notEqual(text.trim(), '', key);
        assert.doesNotMatch(text, /[!！]/, key);
        assert.doesNotMatch(text.replace(/\{\{\{\w+\}\}\}/g, ''), /[{}]/, `${key}: write {{{name}}}`);
      }
    }
  });

  it('have every key a view names', () => {
    const named = [...views.matchAll(/\bt\(\s*'([a-z0-9.-]+)'\s*[,)]/gi)].map((m) => m[1] ?? '');
    assert.deepEqual(
      named.filter((key) => !reference.has(key)),
      [],
    );
    assert.ok(named.length > 100, 'the views are read');
  });

  it('have every key that code writes out in full', () => {
    const tops = [...new Set([...reference.keys()].map((key) => key.split('.')[0]))].join('|');
    const named = [...code.matchAll(new RegExp(`'((?:${tops})(?:\\.[A-Za-z0-9-]+)+)'`, 'g'))].map((m) => m[1] ?? '');
    // 'desk.use' and the like are permissions; a prefix of a key is a key put together.
    const isPrefix = (key: string) => [...reference.keys()].some((known) => known.startsWith(`${key}.`));
    const wrong = named.filter(
      (key) => !reference.has(key) && !isPrefix(key) && /^(errors|actions|menu|states|sign-in)\./.test(key),
    );
    assert.deepEqual([...new Set(wrong)], []);
  });

  it('have a sentence for every reason with which something is refused', () => {
    const thrown =
      /(?:new (?:NotNow|NotFound|Forbidden|TelephonyDown|InvalidInput)|super|\b(?:wrong|refuse[dF]\w*))\((?:\w+, )*\s*'([a-z0-9.-]+)'/g;
    const reasons = [...code.matchAll(thrown)].map((m) => m[1] ?? '');
    const key = (reason: string) => (reason.startsWith('unavailable.') ? `actions.${reason}` : `errors.${reason}`);
    const mute = reasons.filter((reason) => !reference.has(key(reason)));
    assert.deepEqual([...new Set(mute)], []);
    assert.ok(new Set(reasons).size > 100, 'the reasons are read');
  });

  it('have no key that nothing uses', () => {
    const all = `${views}\n${code}`;
    const built = [...all.matchAll(/\bt\(\s*[`']([a-z0-9.-]+[.-])(?:'\s*\+|\$\{)/gi)].map((m) => m[1] ?? '');
    const mid = /\.(title|label|pending|text|help)$/;
    const unused = [...reference.keys()].filter((key) => {
      if (all.includes(`'${key}'`) || all.includes(`"${key}"`) || all.includes(`\`${key}\``)) return false;
      if (built.some((prefix) => key.startsWith(prefix))) return false;
      // t('menu.' + group + '.title'), t(`errors.${code}`), and reasons and messages that actions answer by their last part
      return !(mid.test(key) || /^(errors|menu|actions|roles)\./.test(key));
    });
    assert.deepEqual(unused, []);
  });

  it('hold all Chinese text of the product', () => {
    // Comments may quote the specification; string literals may not.
    const literals = [...code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').matchAll(/'[^'\n]*'|`[^`]*`|"[^"\n]*"/g)].map(
      (m) => m[0],
    );
    assert.deepEqual(
      literals.filter((text) => /[\u3400-\u9fff]/.test(text)),
      [],
    );
    const shown = views.replace(/<%#[\s\S]*?%>/g, '').replace(/\/\*[\s\S]*?\*\//g, '');
    assert.deepEqual(shown.match(/[\u3400-\u9fff]+/g) ?? [], []);
  });
});
