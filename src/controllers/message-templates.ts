import { z } from 'zod';
import { InvalidInput, NotFound } from '../errors.js';
import * as audit from '../models/audit-log.js';
import * as templates from '../models/message-templates.js';
import type { Exchange } from '../web/exchange.js';
import { choice, idOf, multiLine, parseFields, requiredLine, singleLine } from '../web/forms.js';
import type { FormErrors, Translate } from '../web/page-models.js';
import type { TemplatePage, TemplatesPage } from '../web/pages/outgoing-messages.js';
import { teamOf } from './addressing.js';
import { bodyOf, typed } from './call-form.js';
import { differences, wasOf } from './meanwhile.js';

const fields = z
  .object({
    kind: choice(['sms', 'mail']),
    name: requiredLine(100),
    subject: singleLine(200),
    body: multiLine(5000).refine((text) => text !== '', { error: 'errors.required' }),
    enabled: z
      .unknown()
      .optional()
      .transform((value) => value !== undefined),
  })
  .refine(({ kind, subject }) => kind === 'sms' || subject !== '', { path: ['subject'], error: 'errors.required' })
  .transform((template) => (template.kind === 'sms' ? { ...template, subject: '' } : template));

/** GET /message-templates */
export async function index(exchange: Exchange): Promise<void> {
  const rows = await templates.list(exchange.app.db, teamOf(exchange.viewer), null);
  const model: TemplatesPage = {
    rows: rows.map(({ templateId, kind, name, subject, enabled }) => ({ templateId, kind, name, subject, enabled })),
  };
  exchange.page('message-templates/index', model);
}

/** GET /message-templates/new */
export function newTemplate(exchange: Exchange): void {
  teamOf(exchange.viewer);
  form(exchange, null, { kind: 'sms', name: '', subject: '', body: '', enabled: true, was: 0 });
}

/** GET /message-templates/:templateId */
export async function edit(exchange: Exchange): Promise<void> {
  const template = await find(exchange);
  form(exchange, template.templateId, valuesOf(template));
}

/** POST /message-templates */
export async function create(exchange: Exchange): Promise<void> {
  await save(exchange, null, async (template, now) => templates.create(exchange.app.db, template, now));
}

/** POST /message-templates/:templateId */
export async function update(exchange: Exchange): Promise<void> {
  const { templateId } = await find(exchange);
  const was = wasOf(bodyOf(exchange.req.body));
  await save(exchange, templateId, async (template, now) => {
    return (await templates.update(exchange.app.db, templateId, template, { was, now })) ? templateId : null;
  });
}

async function save(
  exchange: Exchange,
  templateId: number | null,
  /** Its id; null: another has saved meanwhile. */
  write: (template: templates.NewTemplate, now: number) => Promise<number | null>,
): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const teamId = teamOf(exchange.viewer);
  const body = bodyOf(req.body);
  try {
    const template = parseFields(fields, body);
    const now = app.services.now();
    const saved = await write({ teamId, ...template }, now);
    if (saved === null) {
      const stored = valuesOf(await find(exchange));
      const meanwhile = differences(inWords(t, template), inWords(t, stored));
      if (meanwhile) return form(exchange, templateId, { ...template, was: stored.was }, { meanwhile });
    }
    await audit.add(
      app.db,
      {
        ...{ teamId, accountId: viewer.accountId, actor: viewer.userName, action: 'message-template.save' },
        ...{ targetKind: 'message-template', targetId: String(saved ?? templateId), address: req.ip ?? '' },
        details: { kind: template.kind, name: template.name, enabled: template.enabled },
      },
      now,
    );
    exchange.seeOther('/message-templates', { kind: 'done', text: t('message-templates.edit.saved') });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const shown = (name: string, max: number): string => typed(body, name, max);
    const kind = shown('kind', 10) === 'mail' ? 'mail' : 'sms';
    const texts = { name: shown('name', 1_000), subject: shown('subject', 1_000), body: shown('body', 4_000_000) };
    form(
      exchange,
      templateId,
      { kind, ...texts, enabled: body.enabled !== undefined, was: wasOf(body) },
      { fault: error },
    );
  }
}

const valuesOf = ({ kind, name, subject, body, enabled, updatedAt }: templates.MessageTemplate) => ({
  ...{ kind, name, subject, body, enabled, was: updatedAt },
});

function inWords(t: Translate, { kind, name, subject, body, enabled }: Omit<TemplatePage['values'], 'was'>) {
  const words = { kind: t(`outgoing-messages.kind.${kind}`), enabled: t(enabled ? 'layout.yes' : 'layout.no') };
  return { ...words, name, subject, body };
}

function form(
  exchange: Exchange,
  templateId: number | null,
  values: TemplatePage['values'],
  { fault, meanwhile }: { fault?: InvalidInput; meanwhile?: FormErrors } = {},
): void {
  const { t } = exchange;
  const errors = Object.entries(fault?.fields ?? {}).map(([name, key]) => [name, t(key, fault?.params ?? {})]);
  const model: TemplatePage = {
    ...{ templateId, values, meanwhile: meanwhile ?? null, errors: Object.fromEntries(errors) },
  };
  exchange.page('message-templates/edit', model, meanwhile ? 409 : fault ? 422 : 200);
}

async function find(exchange: Exchange): Promise<templates.MessageTemplate> {
  const teamId = teamOf(exchange.viewer);
  const templateId = idOf(exchange.req.params.templateId);
  const template = templateId === null ? null : await templates.byId(exchange.app.db, teamId, templateId);
  if (!template) throw new NotFound();
  return template;
}
