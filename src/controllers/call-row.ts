import type { ListedCall } from '../models/call-list.js';
import type { CallRow } from '../web/page-models.js';

/** A line of the list as the views show it. */
export function callRow(call: ListedCall, now: number): CallRow {
  return {
    callId: call.callId,
    startedAt: call.startedAt,
    direction: call.direction,
    customerNumber: call.customerNumber,
    did: call.did,
    groupName: call.groupName,
    agentNo: call.agentNo,
    agentSurname: call.agentSurname,
    result: call.result,
    waitMillis: call.waitMillis,
    talkMillis: call.talkMillis,
    totalMillis: Math.max(0, (call.endedAt ?? now) - call.startedAt),
  };
}
