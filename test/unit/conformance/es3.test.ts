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
const missing = new RegExp(
  `^(${[
    'forEach|map|filter|trim|bind|keys|now|isArray|toISOString',
    'classList|textContent|innerText|outerHTML|dataset|children|hasAttribute|matches|closest|contains|head|defaultView',
    'querySelector|querySelectorAll|getElementsByClassName|getComputedStyle|setProperty|cssFloat|styleFloat',
    '(first|last)ElementChild|(next|previous)ElementSibling|childElementCount',
    'append|prepend|before|after|remove|replaceWith|createEvent|dispatchEvent|oninput',
    'innerWidth|innerHeight|pageXOffset|pageYOffset|scrollX|scrollY|pageX|pageY|which|currentTarget|relatedTarget|stopPropagation',
    'response|responseType',
  ].join('|')})$`,
);

/** What IE 8 has, and means something else by it. */
const different: Array<[selector: string, why: string]> = [
  ['FunctionExpression[id]', 'the name of a function expression is one of the scope around it'],
  ['TryStatement[handler=null]', 'what is thrown past the last finally is not always caught'],
  [
    'MemberExpression[property.name=/^(substr|toFixed|unshift)$/]',
    'substr(-1), (0.9).toFixed(0) and unshift() are wrong',
  ],
  ['CallExpression[callee.property.name="splice"][arguments.length<2]', 'splice(n) takes nothing out'],
  ['CallExpression[callee.property.name="split"] > Literal[regex]', 'split by a pattern loses empty pieces'],
  ['CallExpression[callee.name="parseInt"][arguments.length<2]', '08 is octal'],
  [
    'MemberExpression[object.name="Date"][property.name="parse"], NewExpression[callee.name="Date"] > Literal',
    'no ISO',
  ],
  ['MemberExpression[computed=true] > Literal.object', 'a text has no [0]'],
  ['CallExpression[callee.name=/^set(Timeout|Interval)$/][arguments.length>2]', 'no arguments for later'],
  [
    'MemberExpression[property.name=/^(call|apply)$/] > MemberExpression[property.name=/^(slice|concat)$/]',
    'not of nodes',
  ],
  [
    'CallExpression[callee.property.name=/^[gs]etAttribute$/] > Literal[value=/^(class|for|style|on.*)$/]',
    'an attribute goes by the name of its property',
  ],
  [
    'AssignmentExpression[left.property.name=/^on/] > FunctionExpression[params.length>0]:not(:has(LogicalExpression[operator="||"][right.property.name="event"]))',
    'the event is no argument, but window.event',
  ],
  [
    ':function:not(:has([property.name="detail"])) :not(LogicalExpression) > MemberExpression[object.name="e"][property.name="target"]',
    'the target of an event is srcElement',
  ],
  [
    ':function:not(:has([property.name="detail"])) ExpressionStatement:not(IfStatement[test.property.name="preventDefault"] *) > CallExpression[callee.property.name="preventDefault"]',
    'an event is stopped by returnValue',
  ],
  [
    'CallExpression[callee.property.name="addEventListener"]:not([callee.object.name="source"]):not(IfStatement[test.property.name="addEventListener"] *)',
    'an event is heard by attachEvent',
  ],
];

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
        'console',
        'FormData',
        'requestAnimationFrame',
        'getSelection',
      ],
      'no-restricted-syntax': [
        'error',
        { selector: `MemberExpression[computed=false][property.name=${missing}]`, message: 'not in IE 8 or Firefox 3' },
        ...different.map(([selector, why]) => ({ selector, message: `in IE 8: ${why}` })),
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
      'x.textContent;',
      'x.class = 1;',
      'f([1, 2,]);',
      '[1].indexOf(1);',
      'console.log(1);',
      'var f = function g() { return g; };',
      'try { a(); } finally { b(); }',
      'x.substr(-1);',
      'x.splice(1);',
      'x.split(/,/);',
      'parseInt(x);',
      'Date.parse(x);',
      'new Date("2026-11-28");',
      '"abc"[0];',
      'setTimeout(f, 1, 2);',
      '[].slice.call(x);',
      'x.getAttribute("class");',
      'x.setAttribute("for", "y");',
      'x.setAttribute("onclick", "y");',
      'x.onclick = function (e) { f(e.keyCode); };',
      'on(x, "click", function (e) { f(e.target); });',
      'on(x, "click", function (e) { e.preventDefault(); });',
      'x.addEventListener("click", f, false);',
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
