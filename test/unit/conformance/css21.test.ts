import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { publicDirectory } from '../../support/views/render.js';

const modern = readFileSync(`${publicDirectory}/css/modern.css`, 'utf8');

/** Property names of CSS 2.1 that base.css may use; IE 8 and Firefox 3 know them all. */
const properties = new Set(
  `background background-color border border-bottom border-top border-left border-right border-color border-left-width border-left-color
  border-collapse border-spacing bottom clear color content cursor display float font-family font-size font-weight height left line-height
  list-style margin margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width outline overflow padding
  padding-bottom padding-left padding-right padding-top position right table-layout text-align text-decoration top vertical-align
  white-space width z-index`.split(/\s+/),
);
const pseudo = new Set(['hover', 'focus', 'before', 'after', 'first-child', 'link', 'visited', 'active']);
const displays = new Set(['none', 'block', 'inline', 'inline-block', 'table', 'table-row', 'table-cell']);

/** Everything in a sheet that CSS 2.1 does not know, in words. */
function faults(css: string): string[] {
  const found: string[] = [];
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/"[^"]*"/g, '""');
  for (const at of plain.match(/@[a-z-]+/g) ?? []) found.push(`at-rule ${at}`);
  for (const [, selectors = '', body = ''] of plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    for (const [, colons = '', name = ''] of selectors.matchAll(/(::?)([a-z-]+)/g)) {
      if (colons === '::' || !pseudo.has(name)) found.push(`selector ${selectors.trim()}`);
    }
    if (/[~^$*|]=?|\(|>\s*>/.test(selectors)) found.push(`selector ${selectors.trim()}`);
    for (const declaration of body.split(';')) {
      const [name = '', ...rest] = declaration.split(':');
      const property = name.trim();
      const value = rest.join(':').trim();
      if (!property) continue;
      if (!properties.has(property)) found.push(`property ${property}`);
      if (property === 'display' && !displays.has(value)) found.push(`display: ${value}`);
      if (
        /\b(rgba?|hsla?|calc|var|linear-gradient|min|max|clamp)\(|\d(rem|vh|vw|ch|fr)\b|#[0-9a-f]{8}\b|\bsticky\b|\bflex\b/i.test(
          value,
        )
      ) {
        found.push(`value ${value}`);
      }
    }
  }
  return found;
}

const sheets = readdirSync(`${publicDirectory}/css`).sort();
const isModern = (name: string): boolean => name === 'modern.css' || name.endsWith('-modern.css');
const sheet = (name: string): string => readFileSync(`${publicDirectory}/css/${name}`, 'utf8');

describe('sheets of old browsers', () => {
  for (const name of sheets.filter((one) => !isModern(one))) {
    it(`${name} is CSS 2.1, with balanced braces: IE 8 drops everything behind a fault`, () => {
      assert.deepEqual(faults(sheet(name)), []);
      assert.equal(sheet(name).split('{').length, sheet(name).split('}').length);
    });
  }
  it('is held by rules that catch what they are for', () => {
    assert.notDeepEqual(faults(modern), []);
    for (const bad of [
      'a{border-radius:2px}',
      'a{width:calc(1px)}',
      'a:not(b){top:0}',
      'a{color:rgba(0,0,0,1)}',
      'a::before{top:0}',
      '@media x{a{top:0}}',
      'a{display:flex}',
      'a{width:2rem}',
    ]) {
      assert.notDeepEqual(faults(bad), [], bad);
    }
  });
});

describe('sheets of today', () => {
  for (const name of sheets.filter(isModern)) {
    it(`${name} says everything inside @supports (display: grid), so IE 9 to 11 see none of it`, () => {
      const plain = sheet(name)
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .trim();
      assert.match(plain, /^@supports \(display: grid\) \{/);
      let depth = 0;
      for (let i = 0; i < plain.length; i += 1) {
        if (plain[i] === '{') depth += 1;
        if (plain[i] === '}') depth -= 1;
        if (depth === 0 && plain[i] === '}') assert.equal(i, plain.length - 1, 'rules behind the @supports block');
      }
    });
    it(`${name} moves for 120 ms at most`, () => {
      for (const [, ms = '0'] of sheet(name).matchAll(/(?:transition|animation):[^;]*?(\d+)ms/g))
        assert.ok(Number(ms) <= 120, `${ms} ms`);
    });
  }
  it('take motion away from those who do not want it', () => {
    assert.match(modern, /prefers-reduced-motion: reduce/);
  });
});
