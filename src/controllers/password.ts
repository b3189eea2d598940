import { z } from 'zod';
import * as accounts from '../models/accounts.js';
import * as audit from '../models/audit-log.js';
import { hashPassword, longestPassword, shortestPassword } from '../models/passwords.js';
import type { Exchange } from '../web/exchange.js';
import { fieldErrors, secretField } from '../web/forms.js';
import type { FormErrors } from '../web/page-models.js';
import { showProfile } from './profile.js';
import { endOthers } from './session-take-over.js';

const form = z.object({
  oldPassword: secretField(longestPassword).refine((word) => word !== '', { error: 'errors.required' }),
  newPassword: secretField(longestPassword).refine((word) => word !== '', { error: 'errors.required' }),
  newPasswordAgain: secretField(longestPassword).refine((word) => word !== '', { error: 'errors.required' }),
});

/** POST /profile/password: asks the old one, throttled as at sign-in; the account's other sessions end. */
export async function update(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res, t } = exchange;
  const parsed = form.safeParse(req.body ?? {});
  const faults = parsed.success ? faultsOf(parsed.data) : fieldErrors(parsed.error);
  if (!parsed.success || Object.keys(faults).length > 0) return showProfile(exchange, 422, wordsOf(exchange, faults));
  const { oldPassword, newPassword } = parsed.data;
  const failure = await app.authenticator.checkAgain(viewer.accountId, oldPassword, req.ip ?? '');
  if (failure) {
    const late = 'seconds' in failure;
    if (late) res.set('Retry-After', String(failure.seconds));
    else await log(exchange, 'password.refused');
    const text = late ? t('errors.sign-in-throttled', { seconds: failure.seconds }) : t('errors.password-wrong');
    return showProfile(exchange, late ? 429 : 422, { oldPassword: text });
  }
  await accounts.setPasswordHash(app.db, viewer.accountId, await hashPassword(newPassword), app.services.now());
  const ended = await endOthers(exchange, viewer, 'sign-in.new.password-changed');
  await log(exchange, 'password.change');
  exchange.seeOther('/profile', {
    kind: 'done',
    text: t(ended ? 'profile.password.changed-others' : 'profile.password.changed'),
  });
}

function faultsOf(typed: z.output<typeof form>): Record<string, string> {
  const { oldPassword, newPassword, newPasswordAgain } = typed;
  if ([...newPassword].length < shortestPassword) return { newPassword: 'errors.password-too-short' };
  if (newPassword === oldPassword) return { newPassword: 'errors.password-same' };
  return newPassword === newPasswordAgain ? {} : { newPasswordAgain: 'errors.password-differs' };
}

function wordsOf({ t }: Exchange, faults: Readonly<Record<string, string>>): FormErrors {
  const params = { least: shortestPassword };
  return Object.fromEntries(Object.entries(faults).map(([name, key]) => [name, t(key, params)]));
}

function log({ app, viewer, req }: Exchange, action: string): Promise<void> {
  const { teamId, accountId, userName } = viewer;
  const who = { teamId, accountId, actor: userName, address: req.ip ?? '' };
  const what = { action, targetKind: 'account', targetId: String(accountId), details: {} };
  return audit.add(app.db, { ...who, ...what }, app.services.now());
}
