import assert from 'node:assert/strict';
import { load } from 'cheerio';
import { actions } from '../../../src/actions/index.js';
import { fixtures } from '../../support/views/fixtures.js';
import { renderFixture } from '../../support/views/render.js';

describe('every form of every view', () => {
  for (const fixture of fixtures) {
    const html = renderFixture(fixture, 'en');
    const $ = load(html, null, html.includes('</html>'));

    it(`${fixture.name}: has method, action, a named submit, and the CSRF field where it changes something`, () => {
      $('form').each((_, form) => {
        const what = $.html(form).slice(0, 200);
        assert.match($(form).attr('method') ?? '', /^(get|post)$/, what);
        assert.match($(form).attr('action') ?? '', /^\/[^/]/, what);
        assert.ok($(form).find('input[type=submit][name^=do_]').length > 0, `no submit: ${what}`);
        const fields = $(form).find('input[type=hidden][name=_csrf]');
        assert.equal(fields.length, $(form).attr('method') === 'post' ? 1 : 0, `CSRF field: ${what}`);
        if (fields.length) assert.equal(fields.attr('value'), 'token-of-the-test');
      });
    });

    it(`${fixture.name}: says with a command what it means, so that a late press is not done to what came after`, () => {
      $('form[method=post][action^="/actions/"]').each((_, form) => {
        const action = actions.byName(($(form).attr('action') ?? '').slice('/actions/'.length));
        if (action?.about) assert.notEqual($(form).find('input[type=hidden][name=about]').attr('value') ?? '', '');
      });
    });

    it(`${fixture.name}: uses what every old browser submits`, () => {
      assert.equal($('button').length, 0, 'w3m and IE 7 mode know no <button>');
      assert.equal($('[form], [formaction], [formmethod]').length, 0, 'IE has no form=');
      assert.equal($('[hx-post], [hx-put], [hx-delete], [hx-on], [hx-vals^="js:"]').length, 0, 'commands are forms');
      assert.equal(
        $('main, nav, header, footer, section, article, aside, dialog, details').length,
        0,
        'divs with roles: Firefox 3 and IE 8',
      );
      $('input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=radio]), select').each((_, field) => {
        const id = $(field).attr('id');
        assert.ok(id && $(`label[for="${id}"]`).length === 1, `no visible label: ${$.html(field)}`);
      });
      $('[data-poll], [hx-get]').each((_, box) => {
        assert.match(
          box.tagName,
          /^(div|span)$/,
          'IE 8 cannot put anything into a part of a table or a list of choices',
        );
      });
      assert.equal($('option:not([value])').length, 0, 'a choice without a value has none in IE 8');
      $('input[name], select[name], textarea[name]').each((_, field) => {
        // A field hides what the form itself has by its name, and the scripts ask the form for these.
        assert.doesNotMatch(
          $(field).attr('name') ?? '',
          /^(action|elements|length|submit|id|parentNode|getAttribute)$/,
        );
      });
      $('iframe').each((_, frame) => {
        assert.notEqual($(frame).attr('title') ?? '', '', 'a frame without a title');
      });
    });
  }
});
