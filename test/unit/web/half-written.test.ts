import { strict as assert } from 'node:assert';
import { type CheerioAPI, load } from 'cheerio';
import { fillForms } from '../../../src/web/form-fill.js';
import { accountOfSeal, fieldsOf, isSecret, sealFor, type Written, writtenOf } from '../../../src/web/half-written.js';
import { fixtures } from '../../support/views/fixtures.js';
import { fixtureAddress, renderFixture } from '../../support/views/render.js';

const secret = 'a secret of the tests, forty characters long';
const odd = `\n1\n2 <b>%26 "x"</b> & 'y' = $& \u{1F600}`;
const flat = odd.replaceAll('\n', ' ');

/** Controls of a form that a person fills in, as cheerio reads them. */
const filledIn = ($: CheerioAPI, form: string) =>
  $(`${form} input, ${form} select, ${form} textarea`).filter(
    (_, field) =>
      !/^(hidden|password|submit|button)$/.test($(field).attr('type') ?? '') && $(field).attr('disabled') === undefined,
  );

/** Something else than what stands there, of every control, by its name; the ids say where it must be found. */
function otherContents($: CheerioAPI, form: string): { written: Written; wanted: Map<string, string> } {
  const body: Record<string, string | string[]> = {};
  const wanted = new Map<string, string>();
  filledIn($, form).each((_, field) => {
    const name = $(field).attr('name') ?? '';
    const type = $(field).attr('type') ?? '';
    const id = $(field).attr('id') ?? '';
    if (type === 'radio') {
      // The last of them; a form has at most one such group of a name.
      $(form)
        .find(`[type=radio][name="${name}"]`)
        .each((_i, one) => void wanted.set($(one).attr('id') ?? '', ''));
      body[name] = $(field).attr('value') ?? '';
      wanted.set(id, 'checked');
    } else if (type === 'checkbox') {
      const on = $(field).attr('checked') === undefined;
      if (on) body[name] = [body[name] ?? []].flat().concat($(field).attr('value') ?? 'on');
      wanted.set(id, on ? 'checked' : '');
    } else if ($(field).is('select')) {
      body[name] = $(field).find('option').last().attr('value') ?? '';
      wanted.set(id, String(body[name]));
    } else {
      body[name] = $(field).is('textarea') ? odd : flat;
      wanted.set(id, String(body[name]));
    }
  });
  return { written: writtenOf(body), wanted };
}

describe('half-written forms', () => {
  it('as text are the names and contents, and never a secret or what only the form itself is good for', () => {
    const body = { subject: odd, to: ['a', 'b'], empty: '', _csrf: 't', _draft: '/x', _seal: 's', do_send: 'Send' };
    const secrets = {
      password: 'p',
      approverPassword: 'p',
      smppPassword: 'p',
      secret: 's',
      googleKey: 'k',
      formKey: 'f',
    };
    assert.deepEqual(fieldsOf(writtenOf({ ...body, ...secrets })), [
      ['subject', odd],
      ['to', 'a'],
      ['to', 'b'],
      ['empty', ''],
    ]);
    for (const nothing of [undefined, null, {}]) assert.deepEqual(fieldsOf(writtenOf(nothing)), []);
    assert.equal(writtenOf({ text: 'a\r\nb' }), 'text=a\nb');
  });

  it('know every field of every view that takes a secret, by its name', () => {
    let seen = 0;
    for (const fixture of fixtures) {
      const $ = load(renderFixture(fixture, 'en'));
      $('input[type=password]').each((_, field) => {
        seen += 1;
        assert.ok(isSecret($(field).attr('name') ?? ''), `${fixture.name}: ${$.html(field)}`);
      });
    }
    assert.ok(seen > 10, `${seen} fields`);
  });

  it('stand in their form again, whatever kinds of fields it has', () => {
    const forms = new Set<string>();
    for (const fixture of fixtures) {
      const html = renderFixture(fixture, 'en');
      load(html)('form input[name=_draft]').each((_, place) => {
        const page = load(html)(place).attr('value') ?? '';
        const form = `form:has(input[name=_draft][value="${page}"])`;
        if (!page.startsWith(fixtureAddress)) return;
        forms.add(fixture.view);
        const { written, wanted } = otherContents(load(html), form);
        const filled = fillForms(html, [{ page, fields: `${written}&password=x`, note: '<p id="note"></p>' }]);
        const $ = load(filled);
        for (const [id, content] of wanted) {
          const field = $(`[id="${id}"]`);
          const found = field.is('[type=checkbox], [type=radio]') ? (field.attr('checked') ?? '') : String(field.val());
          assert.equal(found, content, `${fixture.name} ${id}`);
        }
        assert.equal($(`#note + ${form}`).length, 1, 'the note stands above it');
        assert.equal($(form).find('[data-opened]').length, 0);
        const others = (text: string) => {
          const page_ = load(text);
          page_(form).remove();
          page_('#note').remove();
          return page_.html();
        };
        assert.equal(others(filled), others(html), 'and nothing else is touched');
      });
    }
    assert.ok(forms.size >= 12, [...forms].join(' '));
  });

  it('leave secrets, buttons, tokens and choices that are gone alone', () => {
    const html =
      '<form method="post"><input type="hidden" name="_draft" value="/x" data-opened="true"><input type="hidden" name="_csrf" value="t">' +
      '<input type="hidden" name="kind" value="sms"><input type="hidden" name="version" value="2" data-written="true">' +
      '<input type="password" name="password" value=""><input type="submit" name="do_x" value="Go">' +
      '<select name="team"><option value="a" selected="selected">A</option></select>' +
      '<input type="text" name="title" title="is checked" value="a &amp; b"></form>';
    const fields = '_csrf=x&kind=mail&version=1&password=p&do_x=no&team=gone&title=now checked';
    const filled = fillForms(html, [{ page: '/x', fields, note: '' }]);
    const $ = load(filled);
    const values = $('input').map((_, field) => String($(field).val()));
    assert.deepEqual(values.get(), ['/x', 't', 'sms', '1', '', 'Go', 'now checked']);
    assert.equal($('[name=team]').val(), 'a');
    assert.equal($('[name=title]').attr('title'), 'is checked');
    assert.equal(fillForms(html, [{ page: '/y', fields, note: '' }]), html);
  });

  it('say whose they are by a seal that nobody else can make', () => {
    const seal = sealFor(12, secret);
    assert.equal(accountOfSeal(seal, secret), 12);
    for (const wrong of [
      '',
      '.',
      '12',
      '12.',
      `13${seal.slice(2)}`,
      `${seal}x`,
      seal.slice(0, -1),
      `-${seal}`,
      `0${seal}`,
    ])
      assert.equal(accountOfSeal(wrong, secret), null, wrong);
    assert.equal(accountOfSeal(seal, `${secret}.`), null);
  });
});
