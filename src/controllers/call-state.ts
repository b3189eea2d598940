import { callView } from '../actions/call-guards.js';
import { hangUpAll } from '../actions/hang-up-all.js';
import type { CallView } from '../services/call-view.js';
import { shownNumbers } from '../services/contacts.js';
import type { Leg } from '../telephony/state.js';
import type { AppContext } from '../web/app-context.js';
import { agentOf, type Exchange } from '../web/exchange.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { CallStateFragment, CallStatePage } from '../web/page-models.js';
import type { SignedIn } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';
import { ownFragment } from './desk.js';
import { namesOf, partyOf, snapshotOf, statusTopics } from './desk-status.js';
import { agentTopic } from './live.js';

/** Who has hung up flashes grey and goes (E8). */
const goneMillis = 3_000;

/** GET /actions/call-state: the table of the call's parties, as a page or in a dialog. */
export async function show(exchange: Exchange): Promise<void> {
  agentOf(exchange.viewer);
  const model: CallStatePage = { state: await stateOf(exchange.app, exchange.viewer) };
  exchange.page('actions/call-state', model);
}

/** GET /desk/fragments/call-state */
export function fragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  const { viewer } = signedIn;
  const topics = statusTopics(viewer);
  return ownFragment(app, signedIn, 'call-state', 'actions/_call-state', topics, () => stateOf(app, viewer));
}

async function stateOf(app: AppContext, viewer: Viewer): Promise<CallStateFragment> {
  const version = String(app.hub.version(statusTopics(viewer)));
  const snapshot = await snapshotOf(app, viewer);
  const view = snapshot && callView(snapshot);
  if (!snapshot || !view) return { version, call: null };
  const now = app.services.now();
  const legs = view.call.legs.filter((leg) => leg.endedAt === null || now - leg.endedAt < goneMillis);
  const goes = legs.flatMap(({ endedAt }) => (endedAt === null ? [] : [endedAt + goneMillis - now]));
  if (goes.length > 0) app.hub.announceLater(agentTopic(snapshot.agentId), Math.min(...goes));
  const [names, shown] = await Promise.all([
    namesOf(app, snapshot.teamId, legs),
    shownNumbers(app.db, snapshot.teamId, legs),
  ]);
  const reason = hangUpAll.unavailable(snapshot);
  return {
    version,
    call: {
      callId: view.call.callId,
      allReasonKey: reason === null ? null : `actions.unavailable.${reason}`,
      parties: legs.map((leg) => ({
        ...partyOf({ ...leg, number: shown(leg) }, names),
        ...{ legId: leg.legId, mayHangUp: mayHangUp(view, leg) },
      })),
    },
  };
}

/** As the service decides it: oneself always; others by whoever the call belongs to, once it no longer rings, and never a supervisor. */
function mayHangUp(view: CallView, leg: Leg): boolean {
  if (leg.endedAt !== null) return false;
  if (leg.legId === view.me.legId) return true;
  return view.mine && view.phase !== 'ringing' && leg.role !== 'supervisor';
}
