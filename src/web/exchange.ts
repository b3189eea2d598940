import type { Request, Response } from 'express';
import { z } from 'zod';
import { Forbidden } from '../errors.js';
import type { Draft } from '../models/drafts.js';
import type { AppContext } from './app-context.js';
import { csrfToken } from './csrf.js';
import { fillForms } from './form-fill.js';
import { makeFormat } from './format.js';
import { returnPath } from './forms.js';
import { sealFor } from './half-written.js';
import type { Language, Message, OutcomePage, PageLocals, Theme, Translate } from './page-models.js';
import type { BroughtBack } from './pages/drafts.js';
import { mostMessages } from './session-store.js';
import type { Viewer } from './viewer.js';

/** One request and its answer, as a handler sees it. Public routes may have no viewer. */
export interface Exchange<V extends Viewer | null = Viewer> {
  readonly app: AppContext;
  readonly req: Request;
  readonly res: Response;
  readonly viewer: V;
  readonly language: Language;
  readonly t: Translate;
  /** Asked by a script: the answer is the same view without its surroundings. */
  readonly bare: boolean;
  /** Answers with a page. */
  page(view: string, model: object, status?: number): void;
  /** 303 to a page of ours, which shows the message on top. */
  seeOther(path: string, message?: Message): void;
  /** A command was taken: a line for a script, else 303 to a page of ours. What was typed for it is done with. */
  taken(outcome: OutcomePage, path: string): void;
}

export type Handler<V extends Viewer | null = Viewer> = (exchange: Exchange<V>) => Promise<void> | void;

/**
 * Builds the exchange of a request that went through session, csrf and viewer.
 * @param drafts half-written forms of the page that is asked for: they stand in it again (A11)
 */
export function makeExchange<V extends Viewer | null>(
  app: AppContext,
  req: Request,
  res: Response,
  viewer: V,
  language: Language,
  drafts: readonly Draft[] = [],
): Exchange<V> {
  const bare = isBare(req);
  const t = app.languages.translator(language);
  const exchange: Exchange<V> = {
    app,
    req,
    res,
    viewer,
    language,
    t,
    bare,
    taken: (outcome, path) => {
      res.locals.formDone = true;
      if (bare) exchange.page('actions/outcome', outcome);
      else exchange.seeOther(path, { kind: outcome.status, text: outcome.text });
    },
    page: (view, model, status = 200) => {
      const messages = bare ? [] : takeMessages(req);
      const locals = pageLocals(app, {
        language,
        theme: viewer?.theme ?? 'system',
        timeZone: viewer?.timeZone ?? app.config.timeZone,
        csrf: csrfToken(req),
        bare,
        messages,
        hasDesk: viewer !== null,
      });
      res.status(status).set('Content-Type', 'text/html; charset=utf-8');
      if (!res.get('Cache-Control')) res.set({ 'Cache-Control': 'private, no-cache', Expires: '-1' });
      res.set('Vary', 'HX-Request, X-Requested-With, Accept-Encoding');
      const here = viewer && placeOf(req, sealFor(viewer.accountId, app.config.sessionSecret));
      const html = app.views.render(view, { ...locals, here, ...model });
      const note = (draft: Draft): string => {
        const said: BroughtBack = { draft };
        return app.views.render('drafts/_note', { ...locals, ...said });
      };
      res.send(
        fillForms(
          html,
          drafts.map((draft) => ({ ...draft, note: note(draft) })),
        ),
      );
    },
    seeOther: (path, message) => {
      if (message) req.session.messages = [...(req.session.messages ?? []), message].slice(-mostMessages);
      res.redirect(303, path);
    },
  };
  return exchange;
}

export interface LocalsOf {
  language: Language;
  theme: Theme;
  timeZone: string;
  csrf: string;
  bare: boolean;
  messages: Message[];
  hasDesk: boolean;
}

/** What every view is given (page-models: PageLocals). */
export function pageLocals(app: AppContext, of: LocalsOf): PageLocals {
  return {
    lang: of.language,
    theme: of.theme,
    t: app.languages.translator(of.language),
    url: (path) => path,
    asset: app.files.url,
    csrf: of.csrf,
    bare: of.bare,
    now: app.services.now(),
    fmt: makeFormat(of.timeZone, of.language),
    messages: of.messages,
    hasDesk: of.hasDesk,
  };
}

/** The agent this person works as. @throws Forbidden for accounts that are no agent */
export function agentOf(viewer: Viewer): number {
  if (viewer.agentId === null) throw new Forbidden('no-agent');
  return viewer.agentId;
}

/** Sent by htmx, or by desk.js. */
export function isBare(req: Request): boolean {
  return req.get('HX-Request') === 'true' || req.get('X-Requested-With') !== undefined;
}

/** Field of the forms whose half-written content is kept: the address of their page. */
const placeField = z.object({ _draft: z.string().max(300) });

/** Where what is typed into this page's form belongs; a form that is shown again belongs where it was opened. null = nowhere. */
function placeOf(req: Request, seal: string): PageLocals['here'] {
  if (req.method === 'GET') return req.originalUrl.length > 250 ? null : { page: req.originalUrl, opened: true, seal };
  const page = draftSent(req);
  return page === null ? null : { page, opened: false, seal };
}

/** The page whose form was sent; null = none that is kept. */
export function draftSent({ body }: Pick<Request, 'body'>): string | null {
  const sent = placeField.safeParse(body);
  return sent.success && returnPath(sent.data._draft, '') !== '' ? sent.data._draft : null;
}

function takeMessages(req: Request): Message[] {
  const messages = req.session.messages ?? [];
  if (messages.length > 0) delete req.session.messages;
  return messages;
}
