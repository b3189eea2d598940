import type { Db } from '../db/database.js';
import { isRefusedRow } from '../db/errors.js';
import { runTogether } from '../db/together.js';
import { transaction } from '../db/transaction.js';
import type { Log } from '../log.js';
import * as liveEvents from '../models/live-events.js';
import * as stateRecords from '../models/state-records.js';
import { LeaseLost, type RecordStore } from './recorder.js';
import { emptyBatch, type RecordBatch } from './recorder-batch.js';

/**
 * Batches go into the database in a transaction that proves the lease before it commits. A row that the schema refuses (a membership
 * deleted a moment ago) must not stop the recorder: the batch is then written thing by thing, and what is refused is logged and left.
 */
export function databaseRecordStore(db: Db, log: Log): RecordStore {
  const write: RecordStore['write'] = (batch, fence, now) =>
    transaction(db, async (trx) => {
      const proof = liveEvents.appendingHeld(trx, batch.topics, fence, now);
      const [held] = await runTogether(trx, [proof, ...stateRecords.writing(trx, batch, fence.pbx)]);
      if (held === 0) throw new LeaseLost();
    });
  return {
    write: async (batch, fence, now) => {
      try {
        await write(batch, fence, now);
      } catch (error) {
        if (!isRefusedRow(error)) throw error;
        for (const part of apart(batch)) {
          await write(part, fence, now).catch((refused: unknown) => {
            if (!isRefusedRow(refused)) throw refused;
            log.error({ err: refused, ...namesOf(part) }, 'the database refused a row, it is left out');
          });
        }
      }
    },
    isWritten: (batch) => stateRecords.isWritten(db, batch),
  };
}

/** One batch a call, an agent, a queue; the topics once, at the end. */
function apart(batch: RecordBatch): RecordBatch[] {
  const empty = emptyBatch(batch.times);
  const calls = batch.calls.map((call) => ({
    ...empty,
    calls: [call],
    legs: batch.legs.filter((one) => one.call.callId === call.callId),
    intervals: batch.intervals.filter((one) => one.call.callId === call.callId),
    callAgents: batch.callAgents.filter((one) => one.call.callId === call.callId),
  }));
  const agents = batch.agents.map((agent) => ({
    ...empty,
    agents: [agent],
    history: batch.history.filter((row) => row.agentId === agent.state.agentId),
    checkIns: batch.checkIns.filter((row) => row.agentId === agent.state.agentId),
  }));
  const memberships = batch.memberships.map((membership) => ({ ...empty, memberships: [membership] }));
  const queues = batch.queues.map((queue) => ({ ...empty, queues: [queue] }));
  return [...calls, ...agents, ...memberships, ...queues, { ...empty, topics: batch.topics }];
}

function namesOf(part: RecordBatch) {
  return {
    callIds: part.calls.map((call) => call.callId),
    agentIds: part.agents.map(({ state }) => state.agentId),
    membershipIds: part.memberships.map(({ state }) => state.membershipId),
    groupIds: part.queues.map((queue) => queue.groupId),
  };
}
