import type { ActionOutcome, Asker } from '../actions/action.js';
import * as auditLog from '../models/audit-log.js';
import { checkIn, checkOut, entryOf } from './check-in.js';
import { conference } from './conference.js';
import { consult, retrieve } from './consult.js';
import { dial } from './dial.js';
import { hangUpAll, hangUpLeg } from './hang-up.js';
import { hold, resume } from './hold.js';
import { setWorkMode, setWrapUpMode } from './modes.js';
import type { Operations } from './operations.js';
import { checkReason, endWrapUp, pause, unpause } from './pause.js';
import { ignorePhone, refreshPhone } from './phones.js';
import type { Station } from './station.js';
import { supervisionOperations } from './supervision-operations.js';
import { transfer } from './transfer.js';

type Details = auditLog.AuditEntry['details'];

/** The operations of the process that holds the PBX, with what the audit log must know of them. */
export function stationOperations(station: Station): Operations {
  const audit = (agentId: number, asker: Asker, action: string, details: Details = {}) =>
    auditLog.add(
      station.db,
      {
        teamId: entryOf(station, agentId).teamId,
        accountId: asker.accountId,
        actor: asker.userName,
        action,
        targetKind: 'agent',
        targetId: String(agentId),
        details,
        address: asker.address,
      },
      station.now(),
    );
  return {
    checkIn: async (agentId, asker, answers, groupId) => {
      const outcome = await checkIn(station, agentId, asker, answers, groupId);
      // Whoever works on an unseen or a stranger's phone did so knowingly.
      const knowingly = answers.ignorePhone || answers.acceptAddress || answers.extension !== '';
      if (outcome.status === 'done' && knowingly) await audit(agentId, asker, 'agent.check-in', { ...answers });
      return outcome;
    },
    checkOut: (agentId, _asker, groupId) => checkOut(station, agentId, groupId),
    pause: async (agentId, asker, request, groupId) => {
      const { approval } = asker;
      const outcome = await pause(station, agentId, request, groupId, approval !== undefined);
      if (approval) {
        const details = { reason: request.reason, approvedBy: approval.userName };
        await audit(agentId, asker, 'agent.pause-approved', details);
      }
      return outcome;
    },
    unpause: (agentId, _asker, groupId) => unpause(station, agentId, groupId),
    endWrapUp: (agentId) => endWrapUp(station, agentId, 'button'),
    setWorkMode: async (agentId, asker, groupId, mode) => {
      const outcome = await setWorkMode(station, agentId, groupId, mode);
      await audit(agentId, asker, 'agent.work-mode', { groupId, mode });
      return outcome;
    },
    setWrapUpMode: async (agentId, asker, groupId, mode) => {
      const outcome = await setWrapUpMode(station, agentId, groupId, mode);
      await audit(agentId, asker, 'agent.wrap-up-mode', { groupId, mode });
      return outcome;
    },
    resync: async (agentId, asker): Promise<ActionOutcome> => {
      await station.listener.resync();
      await audit(agentId, asker, 'agent.resync');
      return { status: 'done', message: 'actions.resync.done', params: {} };
    },
    refreshPhone: (agentId) => refreshPhone(station, agentId),
    ignorePhone: async (agentId, asker) => {
      const outcome = await ignorePhone(station, agentId);
      await audit(agentId, asker, 'agent.phone-ignored');
      return outcome;
    },
    lock: async (agentId, asker, reason, note) => {
      const { approval } = asker;
      await checkReason(station, agentId, { reason, note }, approval !== undefined);
      station.live.local({ kind: 'lock', at: station.now(), agentId, reason });
      const approved = approval && { approvedBy: approval.userName };
      await audit(agentId, asker, 'agent.lock', { reason, ...(note !== '' && { note }), ...approved });
      return { status: 'done', message: 'actions.lock.done', params: {} };
    },
    unlock: async (agentId, asker) => {
      station.live.local({ kind: 'unlock', at: station.now(), agentId });
      await audit(agentId, asker, 'agent.unlock');
      return { status: 'done', message: 'actions.unlock.done', params: {} };
    },
    dial: (agentId, _asker, request) => dial(station, agentId, request),
    hangUpLeg: (agentId, _asker, choice) => hangUpLeg(station, agentId, choice),
    hangUpAll: (agentId) => hangUpAll(station, agentId),
    hold: (agentId) => hold(station, agentId),
    resume: (agentId) => resume(station, agentId),
    consult: (agentId, _asker, request) => consult(station, agentId, request),
    retrieve: (agentId) => retrieve(station, agentId),
    conference: (agentId) => conference(station, agentId),
    transfer: (agentId) => transfer(station, agentId),
    ...supervisionOperations(station),
  };
}
