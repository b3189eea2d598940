/**
 * `drafts/show` · GET /drafts?page=: what is half-written in the form of a page, asked for by js/drafts.js when the page is opened; null =
 * nothing. POST /drafts {page, tab, fields}; POST /drafts/discard {page, do_discard}.
 */
export interface DraftPage {
  draft: { page: string; fields: string; updatedAt: number } | null;
}
