import { z } from 'zod';
import type { Action, AgentSnapshot } from '../actions/action.js';
import { NotFound } from '../errors.js';
import * as memberships from '../models/memberships.js';
import type { AppContext } from '../web/app-context.js';
import { agentOf, type Exchange } from '../web/exchange.js';
import { idOf, returnPath } from '../web/forms.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { GroupPanel, GroupsPage, Translate } from '../web/page-models.js';
import type { SignedIn } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';
import { ownFragment } from './desk.js';
import { snapshotOf, statusTopics } from './desk-status.js';
import { pauseWords } from './pause-words.js';

/** GET /groups: the group panel (E1), a page and a dialog. */
export async function index(exchange: Exchange): Promise<void> {
  const { app, viewer, t } = exchange;
  agentOf(viewer);
  const model: GroupsPage = { panel: await panelOf(app, viewer, t) };
  exchange.page('groups/index', model);
}

/** GET /groups/fragments/groups */
export function fragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  const { viewer, language } = signedIn;
  const t = app.languages.translator(language);
  return ownFragment(app, signedIn, 'groups', 'groups/_groups', statusTopics(viewer), () => panelOf(app, viewer, t));
}

const chosen = z.object({ groupId: z.unknown().optional(), returnTo: z.unknown().optional() });

/** POST /groups/default-outbound: calls dialled on the handset belong to this group. Ours alone, so no telephone system is asked. */
export async function setDefaultOutbound(exchange: Exchange): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const agentId = agentOf(viewer);
  const fields = chosen.parse(req.body ?? {});
  const groupId = idOf(fields.groupId);
  const done = groupId !== null && (await memberships.setDefaultOutbound(app.db, agentId, groupId, app.services.now()));
  if (!done) throw new NotFound();
  await app.services.settingsChanged(agentId);
  const text = t('groups.index.default-set');
  if (exchange.bare) exchange.page('actions/outcome', { status: 'done', text });
  else exchange.seeOther(returnPath(fields.returnTo, '/groups'), { kind: 'done', text });
}

async function panelOf(app: AppContext, viewer: Viewer, t: Translate): Promise<GroupPanel> {
  const version = String(app.hub.version(statusTopics(viewer)));
  const snapshot = await snapshotOf(app, viewer);
  if (!snapshot) throw new NotFound();
  const words = await pauseWords(app.db, viewer.teamId, t);
  const own = await memberships.ofAgent(app.db, snapshot.agentId);
  const outbound = own.find(({ defaultOutbound }) => defaultOutbound)?.groupId;
  const why = whyNot(app, snapshot);
  return {
    version,
    extension: snapshot.extension?.number ?? '',
    rows: snapshot.memberships.map((membership) => ({
      groupId: membership.groupId,
      name: membership.groupName,
      checkedIn: membership.checkedIn,
      checkedInAt: membership.checkedInAt,
      paused: membership.paused && words(membership.pauseReason) !== '',
      pauseReason: words(membership.pauseReason),
      static: membership.static,
      offline: membership.offline,
      leader: membership.leader,
      workMode: membership.workMode,
      workModeFixed: membership.workModeFixed,
      wrapUpMode: membership.wrapUpMode,
      wrapUpModeFixed: membership.wrapUpModeFixed,
      defaultOutbound: membership.groupId === outbound,
      checkInReasonKey: why('check-in-group'),
      checkOutReasonKey: membership.static ? 'actions.unavailable.static-only' : why('check-out-group'),
      pauseReasonKey: membership.checkedIn ? why('pause-group') : 'actions.unavailable.not-checked-in',
    })),
    returnTo: '/groups',
  };
}

/** The predicate of a row's command, as a locale key; null = lit. */
function whyNot(app: AppContext, snapshot: AgentSnapshot): (name: string) => string | null {
  return (name) => {
    const action: Action | undefined = app.services.actions.byName(name);
    const reason = action?.unavailable(snapshot) ?? null;
    return reason === null ? null : `actions.unavailable.${reason}`;
  };
}
