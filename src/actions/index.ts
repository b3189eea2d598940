import type { ActionRegistry } from '../services/index.js';
import type { Action } from './action.js';
import { bargeIn } from './barge-in.js';
import { callState } from './call-state.js';
import { checkIn } from './check-in.js';
import { checkInGroup } from './check-in-group.js';
import { checkOut } from './check-out.js';
import { checkOutGroup } from './check-out-group.js';
import { conference } from './conference.js';
import { consult } from './consult.js';
import { dial } from './dial.js';
import { endWrapUp } from './end-wrap-up.js';
import { forceCheckOut } from './force-check-out.js';
import { forceHangUp } from './force-hang-up.js';
import { forcePause } from './force-pause.js';
import { forceUnpause } from './force-unpause.js';
import { groups } from './groups.js';
import { hangUpAll } from './hang-up-all.js';
import { hangUpLeg } from './hang-up-leg.js';
import { hold } from './hold.js';
import { listen } from './listen.js';
import { pause } from './pause.js';
import { pauseGroup } from './pause-group.js';
import { phoneIgnore } from './phone-ignore.js';
import { phoneRefresh } from './phone-refresh.js';
import { resume } from './resume.js';
import { resync } from './resync.js';
import { retrieve } from './retrieve.js';
import { setWorkMode } from './set-work-mode.js';
import { setWrapUpMode } from './set-wrap-up-mode.js';
import { stopListening } from './stop-listening.js';
import { takeOver } from './take-over.js';
import { transfer } from './transfer.js';
import { unpause } from './unpause.js';
import { unpauseGroup } from './unpause-group.js';
import { whisper } from './whisper.js';

/** In the order of the tool bar; those without a place in it follow. */
const all: readonly Action[] = [
  groups,
  checkIn,
  checkOut,
  pause,
  unpause,
  endWrapUp,
  dial,
  callState,
  hold,
  resume,
  consult,
  retrieve,
  conference,
  transfer,
  resync,
  checkInGroup,
  checkOutGroup,
  pauseGroup,
  unpauseGroup,
  setWorkMode,
  setWrapUpMode,
  phoneRefresh,
  phoneIgnore,
  hangUpLeg,
  hangUpAll,
  forceCheckOut,
  forcePause,
  forceUnpause,
  forceHangUp,
  listen,
  bargeIn,
  takeOver,
  whisper,
  stopListening,
];

const named = new Map(all.map((action) => [action.name, action]));

export const actions: ActionRegistry = { all, byName: (name) => named.get(name) };
