/**
 * `drafts/_note` · above a form that was opened and holds again what was half-written in it. POST /drafts {page, tab, fields} keeps it,
 * POST /drafts/discard {page, do_discard} begins anew, POST /drafts/again {the fields of a form that was refused} opens its page with them.
 */
export interface BroughtBack {
  draft: { page: string; updatedAt: number };
}
