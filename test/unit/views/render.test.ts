import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { load } from 'cheerio';
import { fixtures } from '../../support/views/fixtures.js';
import { languages, renderFixture, viewsDirectory } from '../../support/views/render.js';

const isPage = (html: string) => html.includes('</html>');

describe('views', () => {
  it('have a fixture each', () => {
    const pages = readdirSync(viewsDirectory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('_'))
      .map((entry) => relative(viewsDirectory, `${entry.parentPath}${sep}${entry.name}`).replace(/\.ejs$/, ''));
    const shown = new Set(fixtures.map((f) => f.view));
    assert.deepEqual(
      pages.filter((page) => !shown.has(page)),
      [],
    );
  });

  for (const fixture of fixtures) {
    for (const lang of languages) {
      it(`${fixture.name} renders in ${lang}`, () => {
        const html = renderFixture(fixture, lang);
        const $ = load(html, null, isPage(html));
        assert.doesNotMatch(html, /undefined|\[object|NaN|Invalid DateTime|\{\{/, 'a value is missing');
        assert.equal(
          $('[style], style, script:not([src]), [onclick]').length,
          0,
          'inline style or script: the CSP forbids it',
        );
        const ids = $('[id]')
          .map((_, el) => $(el).attr('id'))
          .get();
        assert.deepEqual(
          ids.filter((id, i) => ids.indexOf(id) !== i),
          [],
          'an id stands twice',
        );
        assert.equal($('th:not([scope])').length, 0, 'a head that does not say of what');
        $('label[for]').each((_, el) => {
          assert.equal($(`#${$(el).attr('for')}`).length, 1, `label without field: ${$(el).attr('for')}`);
        });
        if (isPage(html)) {
          assert.match(html, /^<!DOCTYPE html>/, 'nothing may stand before the doctype');
          assert.equal($('h1').length, 1, 'one h1 a page');
          assert.equal($('html').attr('lang'), lang);
          assert.notEqual($('title').text().trim(), '');
        }
      });
    }
  }

  it('show what a person typed as text, never as markup', () => {
    const calls = fixtures.find((f) => f.name === 'calls')!;
    const filter = {
      number: '"><script>x</script>',
      agent: '',
      ...{
        from: '',
        fromTime: '',
        to: '',
        toTime: '',
        direction: '',
        result: '',
        answered: '',
        recorded: '',
        group: '',
      },
    };
    const html = renderFixture({ ...calls, model: { ...calls.model, filter } }, 'en');
    assert.equal(load(html)('#f_number').val(), filter.number);
    assert.doesNotMatch(html, /<script>x/);
  });

  it('say why a button is unlit, to the eye and to a screen reader', () => {
    const html = renderFixture(fixtures.find((f) => f.name === 'desk-signed-out')!, 'zh-CN');
    const $ = load(html);
    const off = $('#b_pause').closest('.tool');
    assert.equal($('#b_pause').attr('disabled'), 'disabled');
    assert.equal(off.attr('tabindex'), '0');
    assert.equal($(`#${off.attr('aria-describedby')}`).text(), $('#b_pause').attr('title'));
    assert.notEqual($('#b_pause').attr('title'), '');
    assert.equal($('#b_check-in').attr('disabled'), undefined);
  });

  it('send only the changed rows as out-of-band swaps, with the ids of the whole table', () => {
    const whole = load(renderFixture(fixtures.find((f) => f.name === 'monitor-group')!, 'en'));
    const part = load(`<table>${renderFixture(fixtures.find((f) => f.name === 'monitor-changes')!, 'en')}</table>`);
    const swaps = part('[hx-swap-oob]');
    assert.ok(swaps.length === 4, `one row, one that goes, the counts and the cursor, not ${swaps.length}`);
    swaps.each((_, el) => {
      assert.equal(whole(`#${part(el).attr('id')}`).length, 1, `nothing to swap: ${part(el).attr('id')}`);
    });
  });
});
