import { type CheerioAPI, load } from 'cheerio/slim';
import { fieldsOf, type Written } from './half-written.js';

/** What is put back into a page: into the form whose field `_draft` has this content, below this note. */
export interface HalfWritten {
  page: string;
  fields: Written;
  /** HTML that stands above the form. */
  note: string;
}

/** Nothing is put right on the way, Chinese stays Chinese. */
const asWritten = { xml: { xmlMode: false, encodeEntities: 'utf8' } } as const;
const untouched = /^(hidden|password|submit|button|image|reset|file)$/;

/**
 * A page, or a part of one, with what was half-written in its forms, as a person would have typed it: passwords are left alone, and hidden
 * fields but those (data-written="true") that say what the form was made of, and choices ("false") that the page was made for; a content
 * for which there is no field, or no choice any more, goes nowhere.
 */
export function fillForms(html: string, forms: readonly HalfWritten[]): string {
  if (forms.length === 0) return html;
  const $ = load(html, asWritten, false);
  let filled = false;
  $('input[name=_draft]').each((_, element) => {
    const place = $(element);
    const found = forms.find(({ page }) => page === place.attr('value'));
    if (!found) return;
    const form = place.closest('form');
    fill($, form, found.fields);
    form.before(found.note);
    // Not as it was opened any more: js/drafts.js must not take it for untouched.
    place.attr('data-kept', place.attr('data-opened') ?? null).removeAttr('data-opened');
    filled = true;
  });
  return filled ? $.html() : html;
}

type Fields = ReturnType<CheerioAPI>;

function fill($: CheerioAPI, form: Fields, written: Written): void {
  const left = fieldsOf(written);
  /** The next content of that name, or that very content; each is used once. */
  const take = (name: string, wanted?: string): string | null => {
    const at = left.findIndex(([one, content]) => one === name && (wanted === undefined || wanted === content));
    return at < 0 ? null : (left.splice(at, 1)[0]?.[1] ?? null);
  };
  form.find('input, textarea, select').each((_, element) => {
    const control = $(element);
    const name = control.attr('name');
    if (name === undefined || control.is('[disabled], [data-written=false]')) return;
    if (untouched.test(control.attr('type') ?? '') && !control.is('[data-written=true]')) return;
    if (control.is('[type=checkbox], [type=radio]')) {
      const isTicked = take(name, control.attr('value') ?? 'on') !== null;
      control.attr('checked', isTicked ? 'checked' : null);
      return;
    }
    const content = take(name);
    if (content === null) return;
    // A browser drops the line break behind the tag.
    if (control.is('textarea')) control.text(`\n${content}`);
    else if (control.is('select')) choose(control, content);
    else control.attr('value', content);
  });
}

function choose(select: Fields, content: string): void {
  const chosen = select.find('option').filter((_, option) => option.attribs.value === content);
  if (chosen.length === 0) return;
  select.find('option').removeAttr('selected');
  chosen.attr('selected', 'selected');
}
