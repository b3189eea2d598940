import type { AgentSnapshot } from '../actions/action.js';
import { callView, groupOfCall } from '../actions/call-guards.js';
import { consult } from '../actions/consult.js';
import { InvalidInput, NotFound } from '../errors.js';
import * as colleagues from '../models/colleagues.js';
import * as contacts from '../models/common-contacts.js';
import * as groups from '../models/groups.js';
import { contactScope } from '../services/contacts.js';
import { agentOf, type Exchange } from '../web/exchange.js';
import { idOf, returnPath } from '../web/forms.js';
import type { ConsultPage } from '../web/page-models.js';
import { askerOf } from './asker.js';
import { answerOutcome, bodyOf, type Fields, typed, wordErrors } from './call-form.js';
import { snapshotOf } from './desk-status.js';

/** GET /actions/consult?groupId=: whom to consult (E10): an idle colleague, a common contact, or a number. */
export async function newConsult(exchange: Exchange): Promise<void> {
  await form(exchange, exchange.req.query, null);
}

/** POST /actions/consult {agentId | contactId | number} */
export async function create(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  const agentId = agentOf(viewer);
  const fields = bodyOf(req.body);
  const { contactId, number, about } = fields;
  const target = { agentId: fields.agentId, contactId, number, about };
  try {
    const outcome = await app.services.commands.run('consult', agentId, askerOf(viewer, req), target);
    answerOutcome(exchange, fields, outcome, '/desk');
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    await form(exchange, fields, error);
  }
}

async function form(exchange: Exchange, fields: Fields, fault: InvalidInput | null): Promise<void> {
  const { app, viewer, t } = exchange;
  agentOf(viewer);
  const snapshot = await snapshotOf(app, viewer);
  if (!snapshot) throw new NotFound();
  const view = callView(snapshot);
  const own = (view && groupOfCall(snapshot, view)) ?? snapshot.memberships[0] ?? null;
  const open = await groupsInScope(exchange, snapshot.teamId, own);
  const asked = idOf(fields.groupId);
  const groupId = open.find((group) => group.groupId === asked)?.groupId ?? own?.groupId ?? null;
  const reason = consult.unavailable(snapshot);
  const model: ConsultPage = {
    groups: open.map((group) => ({ value: String(group.groupId), text: group.name })),
    agents:
      groupId === null || open.length === 0
        ? []
        : await colleagues.idleInGroup(app.db, { teamId: snapshot.teamId, groupId, exceptAgentId: snapshot.agentId }),
    contacts: view ? await contactsOf(exchange, contactScope(view.call, own?.groupId ?? null)) : [],
    about: consult.about?.(snapshot) ?? '',
    inConference: view?.phase === 'conference',
    reasonKey: reason === null ? null : `actions.unavailable.${reason}`,
    values: { groupId: groupId === null ? '' : String(groupId), number: typed(fields, 'number', 100) },
    errors: wordErrors(fault, t, 'number', ['number', 'contactId']),
    returnTo: returnPath(fields.returnTo, '/desk'),
  };
  exchange.page('actions/consult', model, fault ? 422 : 200);
}

/** A number that may not be seen does not leave the server: the contact is dialled by its id. */
async function contactsOf({ app }: Exchange, scope: contacts.ContactScope): Promise<ConsultPage['contacts']> {
  const found = await contacts.ofScope(app.db, scope);
  return found.map(({ contactId, name, phone, showNumber, note }) => ({
    ...{ contactId, name, note, phone: showNumber ? phone : null },
  }));
}

/** Groups whose agents may be consulted, by the rule of the group the call belongs to. */
async function groupsInScope(
  { app }: Exchange,
  teamId: number,
  own: AgentSnapshot['memberships'][number] | null,
): Promise<Array<{ groupId: number; name: string }>> {
  if (own === null || own.consultScope === 'none') return [];
  if (own.consultScope === 'group') return [{ groupId: own.groupId, name: own.groupName }];
  return groups.list(app.db, { teamId });
}
