import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parse } from 'acorn';
import { Linter } from 'eslint';
import esx from 'eslint-plugin-es-x';
import { packScript, packStylesheet } from '../../../src/web/packed-files.js';
import { fixtures } from '../../support/views/fixtures.js';
import { publicDirectory, renderFixture } from '../../support/views/render.js';

const file = (path: string) => readFileSync(`${publicDirectory}/${path}`);
const script = file('js/desk.js').toString('utf8');
/** Every script of ours: what only a modern browser would understand is asked for first, inside it. */
const scripts = readdirSync(`${publicDirectory}/js`).map((name) => file(`js/${name}`).toString('utf8'));

/** What IE 8 or Firefox 3 lack, by name: the plug-in knows the language, not the document. */
const missing =
  /^(forEach|map|filter|trim|bind|keys|classList|textContent|querySelector|querySelectorAll|dataset|children|firstElementChild|matches|closest|append|remove|now|isArray|getComputedStyle|innerWidth|pageYOffset|getElementsByClassName)$/;

function faults(code: string): string[] {
  const found = new Linter().verify(code, {
    languageOptions: { ecmaVersion: 3, sourceType: 'script' },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    plugins: { 'es-x': esx },
    settings: { 'es-x': { aggressive: true } },
    rules: {
      ...esx.configs['flat/restrict-to-es3'].rules,
      'comma-dangle': ['error', 'never'],
      'no-restricted-globals': [
        'error',
        'JSON',
        'fetch',
        'URL',
        'localStorage',
        'sessionStorage',
        'Map',
        'Set',
        'Symbol',
      ],
      'no-restricted-syntax': [
        'error',
        { selector: `MemberExpression[computed=false][property.name=${missing}]`, message: 'not in IE 8 or Firefox 3' },
      ],
    },
  });
  return found.map((m) => `${m.line}: ${m.message}`);
}

describe('public/js', () => {
  it('parses as ES3', () => {
    for (const code of scripts) parse(code, { ecmaVersion: 3, sourceType: 'script' });
  });

  it('is ASCII: its texts come from the page, in the language of the page', () => {
    assert.doesNotMatch(scripts.join(''), /[^\x20-\x7e\n]/);
  });

  it('is the same script after packing', () => {
    for (const text of scripts) {
      assert.deepEqual(shape(parse(packScript(text), { ecmaVersion: 3 })), shape(parse(text, { ecmaVersion: 3 })));
    }
  });

  it('uses nothing that IE 8 or Firefox 3 lack without asking first', () => {
    assert.deepEqual(scripts.flatMap(faults), []);
  });

  it('is held by rules that catch what they are for', () => {
    for (const bad of [
      '[1].forEach(f);',
      'x.classList;',
      '" a ".trim();',
      'Object.keys(x);',
      'JSON.parse(x);',
      'f({ a: 1, });',
      '"abc"[0].textContent;',
    ]) {
      assert.notDeepEqual(faults(bad), [], bad);
    }
  });
});

/** A syntax tree without the places its nodes stood at. */
function shape(tree: unknown): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, value: unknown) => (key === 'start' || key === 'end' ? undefined : value)),
  );
}

describe('first load of the desk, compressed', () => {
  const packed = (data: Buffer | string) => gzipSync(data, { level: 6 }).length;
  const desk = renderFixture(fixtures.find((f) => f.name === 'desk-talking')!, 'zh-CN');
  const home = renderFixture(fixtures.find((f) => f.name === 'home')!, 'zh-CN');
  const images = file('img/favicon.png').length;
  const without =
    packed(desk) +
    packed(packStylesheet(file('css/base.css').toString('utf8'))) +
    packed(packStylesheet(file('css/modern.css').toString('utf8'))) +
    packed(packScript(script)) +
    images;

  it('is at most 25 kB without htmx', () => {
    assert.ok(without <= 25_000, `${without} bytes`);
  });
  it('is at most 25 kB for IE 8, the page of the first tab included', () => {
    const all =
      packed(desk) +
      packed(home) +
      packed(packStylesheet(file('css/base.css').toString('utf8'))) +
      packed(packScript(script)) +
      images;
    assert.ok(all <= 25_000, `${all} bytes`);
  });
  it('is at most 60 kB with htmx', () => {
    // With the page of the first tab, which is a page of its own.
    const all = without + packed(home) + packed(file('vendor/htmx-1.9.12-sse.js'));
    assert.ok(all <= 60_000, `${all} bytes`);
  });
  it('has the htmx of package.json, with its own sse extension behind it', () => {
    const root = new URL('../../../node_modules/htmx.org/dist/', import.meta.url);
    const bundle = `${readFileSync(new URL('htmx.min.js', root), 'utf8')}\n${readFileSync(new URL('ext/sse.js', root), 'utf8')}`;
    assert.equal(file('vendor/htmx-1.9.12-sse.js').toString('utf8'), bundle, 'copy them again');
  });
});
