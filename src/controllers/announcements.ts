import { z } from 'zod';
import { Forbidden, InvalidInput, NotFound } from '../errors.js';
import * as announcements from '../models/announcements.js';
import * as recipients from '../models/recipients.js';
import { newsTopic, teamNewsTopic } from '../services/news.js';
import type { AppContext } from '../web/app-context.js';
import type { Exchange } from '../web/exchange.js';
import { choice, idOf, parseFields, requiredLine } from '../web/forms.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { FormErrors, Translate } from '../web/page-models.js';
import type { AnnouncementForm, AnnouncementPage, AnnouncementsPage } from '../web/pages/announcements.js';
import type { AddressBook } from '../web/pages/messages.js';
import type { FragmentParams } from '../web/route.js';
import type { SignedIn } from '../web/signed-in.js';
import { textLines } from '../web/text-lines.js';
import type { Viewer } from '../web/viewer.js';
import * as addressing from './addressing.js';
import { bodyOf, type Fields, typed, wordErrors } from './call-form.js';
import { ownFragment } from './desk.js';
import { newsTopics } from './live.js';
import { differences, wasField, wasOf } from './meanwhile.js';

const rowsAPage = 50;
const publish = 'announcements.publish';

/** GET /announcements?unread=1&state=…: 公告, pinned first, then newest (B7). */
export async function index({ app, viewer, req, page }: Exchange): Promise<void> {
  page('announcements/index', await listOf(app, viewer, askedOf(Object(req.query))));
}

/** GET /announcements/fragments/list: its rows, when there is news. */
export function listFragment(app: AppContext, signedIn: SignedIn, { query }: FragmentParams): FragmentRequest {
  const { viewer } = signedIn;
  addressing.teamOf(viewer);
  const asked = askedOf(Object.fromEntries(query));
  const name = `announcements ${JSON.stringify(asked)}`;
  return ownFragment(app, signedIn, name, 'announcements/_list', newsTopics(viewer), () => listOf(app, viewer, asked));
}

interface Asked {
  unread: boolean;
  state: announcements.AnnouncementState | undefined;
  after: string | null;
}

function askedOf(query: Fields): Asked {
  const state = announcements.states.find((one) => one === query.state);
  const after = typeof query.before === 'string' ? query.before.slice(0, 400) : null;
  return { unread: query.unread === '1', state, after };
}

async function listOf(app: AppContext, viewer: Viewer, { unread, state, after }: Asked): Promise<AnnouncementsPage> {
  const reader = await readerOf(app, viewer);
  const filter = { unread, ...(state ? { state } : {}) };
  const found = await announcements.list(app.db, reader, filter, after, rowsAPage);
  const unreadInAll = unread ? 0 : await announcements.unreadOf(app.db, reader);
  const kept = new URLSearchParams({ ...(unread ? { unread: '1' } : {}), ...(state ? { state } : {}) });
  const here = new URLSearchParams([...kept, ...Object.entries(after === null ? {} : { before: after })]);
  return {
    listUrl: `/announcements/fragments/list?${here}`,
    mayPublish: viewer.permissions.has(publish),
    filter: { unread, state: state ?? '' },
    rows: found.rows,
    unreadElsewhere: Math.max(0, unreadInAll - found.rows.filter((row) => row.unread).length),
    firstUrl: after === null ? null : `/announcements?${kept}`,
    olderUrl: found.next === null ? null : `/announcements?${new URLSearchParams([...kept, ['before', found.next]])}`,
  };
}

/** GET /announcements/:announcementId. Opening it is reading it. */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  const reader = await readerOf(app, viewer);
  const found = await announcementOf(exchange, reader);
  const { announcementId } = found;
  if (found.unread && (await announcements.markRead(app.db, reader, announcementId, app.services.now())))
    await app.services.live.publish([newsTopic(viewer.accountId)]);
  const announcement = { ...found, lines: textLines(found.content) };
  const model: AnnouncementPage = { announcement, mayEdit: mayEdit(viewer, found) };
  exchange.page('announcements/show', model);
}

/** GET /announcements/new */
export async function newAnnouncement(exchange: Exchange): Promise<void> {
  await form(exchange, null, { state: 'open', scope: 'groups' });
}

/** GET /announcements/:announcementId/edit */
export async function edit(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  const reader = await readerOf(app, viewer);
  const found = await editable(exchange, reader);
  await form(exchange, found.announcementId, await fieldsOf(app, reader.teamId, found));
}

/** As its form has it. */
async function fieldsOf(
  app: AppContext,
  teamId: number,
  stored: announcements.Notice & { updatedAt: number },
): Promise<Fields> {
  const named = await recipients.byAccounts(app.db, teamId, stored.accountIds);
  const people = named.map(({ agentNo, userName }) => agentNo || userName).join(', ');
  const { title, content, state, scope, updatedAt } = stored;
  const groups = Object.fromEntries(stored.groupIds.map((id) => [`group_${id}`, 'on']));
  return { title, content, state, scope, people, ...groups, [wasField]: String(updatedAt) };
}

const posted = z.object({
  title: requiredLine(200),
  content: addressing.requiredText,
  state: choice(announcements.states),
  scope: choice(announcements.scopes),
  people: addressing.namesField,
});

/** POST /announcements */
export async function create(exchange: Exchange): Promise<void> {
  const { app, viewer, req, seeOther, t } = exchange;
  const fields = bodyOf(req.body);
  try {
    const author = { teamId: addressing.teamOf(viewer), accountId: viewer.accountId };
    parseFields(z.object({ formKey: addressing.formKeyField }), fields);
    const formKey = addressing.sentKey(fields);
    const notice = await noticeOf(exchange, fields);
    const { announcementId } = await announcements.create(app.db, author, notice, formKey, app.services.now());
    await app.services.live.publish([teamNewsTopic(author.teamId)]);
    seeOther(`/announcements/${announcementId}`, { kind: 'done', text: t('announcements.edit.done') });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    await form(exchange, null, fields, { fault: error });
  }
}

/** POST /announcements/:announcementId: the form of it, or do_close, which closes it as it is. */
export async function update(exchange: Exchange): Promise<void> {
  const { app, viewer, req, seeOther, t } = exchange;
  const reader = await readerOf(app, viewer);
  const { announcementId } = await editable(exchange, reader);
  const fields = bodyOf(req.body);
  if ('do_close' in fields) {
    await announcements.close(app.db, reader, announcementId, app.services.now());
    await app.services.live.publish([teamNewsTopic(reader.teamId)]);
    return seeOther(`/announcements/${announcementId}`, { kind: 'done', text: t('announcements.show.closed') });
  }
  try {
    const notice = await noticeOf(exchange, fields);
    const stamps = { was: wasOf(fields), now: app.services.now() };
    if (!(await announcements.update(app.db, reader, announcementId, notice, stamps))) {
      const stored = await fieldsOf(app, reader.teamId, await editable(exchange, reader));
      const book = await addressing.addressBook(app, viewer, publisherReach(viewer));
      // As it would have been stored: trimmed, and without groups or people who are not meant by its scope.
      const wanted = await fieldsOf(app, reader.teamId, { ...notice, updatedAt: stamps.was });
      const meanwhile = differences(inWords(t, wanted, book), inWords(t, stored, book));
      const own = { ...fields, [wasField]: stored[wasField] };
      if (meanwhile) return form(exchange, announcementId, own, { meanwhile });
    }
    await app.services.live.publish([teamNewsTopic(reader.teamId)]);
    seeOther(`/announcements/${announcementId}`, { kind: 'done', text: t('announcements.edit.done') });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    await form(exchange, announcementId, fields, { fault: error });
  }
}

/** What is addressed to this person, and what he may change. */
export async function readerOf(app: AppContext, viewer: Viewer): Promise<announcements.Reader> {
  return {
    teamId: addressing.teamOf(viewer),
    accountId: viewer.accountId,
    groupIds: await addressing.ownGroupIds(app, viewer),
    wholeTeam: viewer.permissions.has('team.administer'),
  };
}

async function announcementOf(
  { app, req }: Exchange,
  reader: announcements.Reader,
): Promise<announcements.Announcement> {
  const announcementId = idOf(req.params.announcementId);
  const found = announcementId === null ? null : await announcements.find(app.db, reader, announcementId);
  if (!found) throw new NotFound();
  return found;
}

async function editable(exchange: Exchange, reader: announcements.Reader): Promise<announcements.Announcement> {
  const found = await announcementOf(exchange, reader);
  if (!mayEdit(exchange.viewer, found)) throw new Forbidden();
  return found;
}

function mayEdit({ accountId, permissions }: Viewer, { author }: announcements.ListedAnnouncement): boolean {
  return permissions.has('team.administer') || (permissions.has(publish) && author.accountId === accountId);
}

/** Administrators announce to the team and any of it; leaders to the groups they lead and the people in them. */
function publisherReach(viewer: Viewer): recipients.Reach {
  const wholeTeam = viewer.permissions.has('team.administer');
  return { teamId: addressing.teamOf(viewer), wholeTeam, groupIds: viewer.ledGroupIds, superiors: false };
}

async function noticeOf({ app, viewer }: Exchange, fields: Fields): Promise<announcements.Notice> {
  const { title, content, state, scope, people } = parseFields(posted, fields);
  const reach = publisherReach(viewer);
  if (scope === 'team' && !reach.wholeTeam) throw new NotFound();
  const none: addressing.Addressed = { everybody: false, groups: [], people: [] };
  const { groups, people: named } =
    scope === 'team' ? none : await addressing.addressedBy(app, reach, fields, scope === 'accounts' ? people : '');
  if (scope === 'groups' && groups.length === 0) throw new InvalidInput('invalid', { groups: 'errors.groups-none' });
  if (scope === 'accounts' && named.length === 0) throw new InvalidInput('invalid', { people: 'errors.people-none' });
  return {
    ...{ title, content, state, scope },
    groupIds: groups.map(({ groupId }) => groupId),
    accountIds: named.map(({ accountId }) => accountId),
  };
}

async function form(
  exchange: Exchange,
  announcementId: number | null,
  fields: Fields,
  { fault, meanwhile }: { fault?: InvalidInput; meanwhile?: FormErrors } = {},
): Promise<void> {
  const { app, viewer, t } = exchange;
  const model: AnnouncementForm = {
    announcementId,
    book: await addressing.addressBook(app, viewer, publisherReach(viewer)),
    meanwhile: meanwhile ?? null,
    values: {
      everybody: false,
      groupIds: addressing.tickedGroups(fields),
      people: typed(fields, 'people', 100_000),
      title: typed(fields, 'title', 1_000),
      content: typed(fields, 'content', 4_000_000),
      state: announcements.states.find((one) => one === fields.state) ?? 'open',
      scope: announcements.scopes.find((one) => one === fields.scope) ?? 'groups',
      formKey: addressing.keptFormKey(fields),
      was: wasOf(fields),
    },
    errors: wordErrors(fault ?? null, t, 'title', ['title', 'content', 'state', 'scope', 'people', 'groups']),
  };
  exchange.page('announcements/edit', model, meanwhile ? 409 : fault ? 422 : 200);
}

function inWords(t: Translate, fields: Fields, { groups }: AddressBook): Record<string, string> {
  const ticked = addressing.tickedGroups(fields);
  const word = (name: 'state' | 'scope'): string => t(`announcements.${name}.${typed(fields, name, 20)}`);
  return {
    title: typed(fields, 'title', 200),
    content: typed(fields, 'content', 4_000_000).replace(/\r\n?/g, '\n'),
    state: word('state'),
    scope: word('scope'),
    groups: groups
      .filter(({ value }) => ticked.includes(value))
      .map(({ text }) => text)
      .join(', '),
    people: typed(fields, 'people', 100_000),
  };
}
