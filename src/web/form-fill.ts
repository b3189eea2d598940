import { fieldsOf, type Written } from './half-written.js';

/** What is put back into a page: into the form whose field `_draft` has this content, below this note. */
export interface HalfWritten {
  page: string;
  fields: Written;
  /** HTML that stands above the form. */
  note: string;
}

const formTag = /<form\b[^>]*>[\s\S]*?<\/form>/g;
const placeTag = /<input [^>]*name="_draft"[^>]*>/;
const controlTag = /<input\b[^>]*>|<textarea\b[^>]*>[\s\S]*?<\/textarea>|<select\b[^>]*>[\s\S]*?<\/select>/g;
const optionTag = /<option\b[^>]*>/g;
const attributeText = /\s([^\s=>"]+)(?:="([^"]*)")?/g;
const untouched = /^(hidden|password|submit|button|image|reset|file)$/;

/**
 * A page of ours with what was half-written in its forms, as a person would have typed it: passwords are left alone, and hidden fields
 * but those (data-written) that say what the form was made of; a content for which there is no field, or no choice any more, goes nowhere. Our views quote every attribute and escape every text, which
 * is what the patterns stand on.
 */
export function fillForms(html: string, forms: readonly HalfWritten[]): string {
  if (forms.length === 0) return html;
  return html.replace(formTag, (form) => {
    const place = placeTag.exec(form)?.[0];
    const found = place && forms.find(({ page }) => page === attribute(place, 'value'));
    // Not as it was opened any more: js/drafts.js must not take it for untouched.
    return found ? found.note + fill(form, found.fields).replace(' data-opened=', ' data-kept=') : form;
  });
}

function fill(form: string, written: Written): string {
  const left = fieldsOf(written);
  /** The next content of that name, or that very content; each is used once. */
  const take = (name: string, wanted?: string): string | null => {
    const at = left.findIndex(([one, content]) => one === name && (wanted === undefined || wanted === content));
    return at < 0 ? null : (left.splice(at, 1)[0]?.[1] ?? null);
  };
  return form.replace(controlTag, (control) => {
    const name = attribute(tagOf(control), 'name');
    if (name === null || attribute(tagOf(control), 'disabled') !== null) return control;
    if (control.startsWith('<textarea')) return filledTextarea(control, take(name));
    if (control.startsWith('<select')) return filledSelect(control, take(name));
    const type = attribute(control, 'type') ?? 'text';
    if (untouched.test(type) && attribute(control, 'data-written') === null) return control;
    if (type === 'checkbox' || type === 'radio')
      return marked(control, 'checked', take(name, attribute(control, 'value') ?? 'on') !== null);
    const content = take(name);
    return content === null ? control : withAttribute(control, 'value', content);
  });
}

/** Of a control with an inside, its first tag. */
const tagOf = (control: string): string => control.slice(0, control.indexOf('>') + 1);

function filledTextarea(control: string, content: string | null): string {
  // A browser drops the line break behind the tag.
  return content === null ? control : `${tagOf(control)}\n${escaped(content)}</textarea>`;
}

function filledSelect(control: string, content: string | null): string {
  const isIt = (option: string): boolean => attribute(option, 'value') === content;
  if (content === null || !(control.match(optionTag) ?? []).some(isIt)) return control;
  return control.replace(optionTag, (option) => marked(option, 'selected', isIt(option)));
}

const marked = (tag: string, name: 'checked' | 'selected', is: boolean): string =>
  withAttribute(tag, name, is ? name : null);

/** null takes the attribute away. */
function withAttribute(tag: string, name: string, content: string | null): string {
  const rest = tag.replace(attributeText, (all, one) => (one === name ? '' : all));
  return content === null ? rest : rest.replace(/\s*>$/, () => ` ${name}="${escaped(content)}">`);
}

/** null = it has none. */
function attribute(tag: string, name: string): string | null {
  for (const [, one, content = ''] of tag.matchAll(attributeText)) if (one === name) return unescaped(content);
  return null;
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#34|#39);/g, (all, name: string) =>
    name === 'quot' ? '"' : (Object.entries(signs).find(([, code]) => code === `&${name};`)?.[0] ?? all),
  );
}
