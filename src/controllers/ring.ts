import { z } from 'zod';
import * as deskPreferences from '../models/desk-preferences.js';
import type { Exchange } from '../web/exchange.js';
import { choice, parseFields, returnPath } from '../web/forms.js';
import type { RingPage } from '../web/pages/ring.js';
import { bodyOf } from './call-form.js';
import { sessionTopic } from './live.js';

const volumes = [20, 40, 60, 80, 100] as const;
const bit = choice(['0', '1']);
const form = z.object({ muted: bit, volume: choice(['20', '40', '60', '80', '100']), notify: bit });

/** GET /ring: how an incoming call makes itself heard (E19). */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  const { ringMuted: muted, ringVolume: volume, notify } = await deskPreferences.ofAccount(app.db, viewer.accountId);
  page(exchange, { muted, volume, notify, errors: {} });
}

/** POST /ring: kept with the account; every window of the person takes it at once. */
export async function update(exchange: Exchange): Promise<void> {
  const fields = bodyOf(exchange.req.body);
  const parsed = form.safeParse(fields);
  if (!parsed.success) {
    const errors = { volume: exchange.t('errors.invalid') };
    return page(exchange, { muted: fields.muted === '1', volume: 80, notify: fields.notify === '1', errors }, 422);
  }
  const { muted, volume, notify } = parsed.data;
  await keep(exchange, { ringMuted: muted === '1', ringVolume: Number(volume), notify: notify === '1' });
  exchange.seeOther('/ring', { kind: 'done', text: exchange.t('ring.show.saved') });
}

/** POST /ring/mute: the switch of the corner window, while it rings. @throws InvalidInput */
export async function mute(exchange: Exchange): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const fields = bodyOf(req.body);
  const muted = parseFields(z.object({ muted: bit }), fields).muted === '1';
  const { ringVolume, notify } = await deskPreferences.ofAccount(app.db, viewer.accountId);
  await keep(exchange, { ringMuted: muted, ringVolume, notify });
  const text = t(muted ? 'ring.mute.is-on' : 'ring.mute.is-off');
  if (exchange.bare) exchange.page('actions/outcome', { status: 'done', text });
  else exchange.seeOther(returnPath(fields.returnTo, '/desk'), { kind: 'done', text });
}

async function keep(
  { app, viewer }: Exchange,
  chosen: Pick<deskPreferences.DeskPreferences, 'ringMuted' | 'ringVolume' | 'notify'>,
): Promise<void> {
  await deskPreferences.setRing(app.db, viewer.accountId, chosen, app.services.now());
  app.viewers.forget(viewer.accountId);
  // The copy the fragments are served from: this process need not wait for its own news.
  app.sessions.forgetAccount(viewer.accountId);
  await app.services.live.publish([sessionTopic(viewer.accountId)]);
}

function page(exchange: Exchange, model: Omit<RingPage, 'volumes'>, status = 200): void {
  exchange.page('ring/show', { ...model, volumes } satisfies RingPage, status);
}
