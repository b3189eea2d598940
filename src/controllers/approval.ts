import { z } from 'zod';
import { InvalidInput } from '../errors.js';
import type { Approval } from '../services/approval.js';
import type { Exchange } from '../web/exchange.js';
import { parseFields, secretField, singleLine } from '../web/forms.js';

const fields = z.object({ approver: singleLine(64), approverPassword: secretField(200) });

/**
 * The leader's name and password that stand in this form.
 * @param groupIds a leader of any of them may say yes
 * @param missing code of the error when no name was given
 * @throws InvalidInput for the fields `approver` and `approverPassword`
 */
export async function approve(
  { app, viewer, req }: Exchange,
  body: unknown,
  groupIds: readonly number[],
  what: string,
  missing = 'pause-needs-approval',
): Promise<Approval> {
  const { approver: userName, approverPassword: password } = parseFields(fields, body);
  const { accountId, teamId } = viewer;
  if (userName === '' || teamId === null) throw new InvalidInput(missing, { approver: `errors.${missing}` });
  const asker = { accountId, userName: viewer.userName, address: req.ip ?? '' };
  const answer = await app.approvals.ask({ teamId, asker, groupIds, userName, password, what });
  if ('approval' in answer) return answer.approval;
  if ('refused' in answer) throw new InvalidInput('approval-refused', { approverPassword: 'errors.approval-refused' });
  throw new InvalidInput(
    'approval-throttled',
    { approverPassword: 'errors.approval-throttled' },
    { seconds: answer.waitSeconds },
  );
}

/** Status of a form that is shown again; where one must wait, the header says how long. */
export function formStatus({ res }: Exchange, { code, params }: InvalidInput): number {
  if (code !== 'approval-throttled') return 422;
  res.set('Retry-After', String(params.seconds ?? 60));
  return 429;
}
