import { z } from 'zod';
import { InvalidInput, NotFound } from '../errors.js';
import * as extensions from '../models/extensions.js';
import type { PhoneBook } from '../services/phone-book.js';
import type { AppContext } from '../web/app-context.js';
import { agentOf, type Exchange } from '../web/exchange.js';
import { parseFields, singleLine } from '../web/forms.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { FormErrors, PhoneFragment, PhonePage } from '../web/page-models.js';
import type { Route } from '../web/route.js';
import type { SignedIn } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';
import { ownFragment } from './desk.js';
import { snapshotOf, statusTopics } from './desk-status.js';

/** Told when any simulated phone changed; there are few of them, and only the demo has any. */
export const phonesTopic = 'phones';

const numberForm = z.object({ number: singleLine(40) });
const callInForm = z.object({ did: singleLine(40) });

/** The routes of the visitor's own phone. The demo adds them to THE table; production has no such pages. */
export function simulatedPhoneRoutes(book: PhoneBook): Route[] {
  const press = (run: (number: string) => void) => async (exchange: Exchange) => {
    run(await numberOf(exchange.app, exchange.viewer));
    exchange.seeOther('/phone');
  };
  return [
    { method: 'get', path: '/phone', permission: 'desk.use', page: (exchange) => show(exchange, book, {}, '', 200) },
    {
      method: 'get',
      path: '/phone/fragments/phone',
      permission: 'desk.use',
      fragment: (app, signedIn) => fragment(app, signedIn, book),
    },
    { method: 'post', path: '/phone/answer', permission: 'desk.use', page: press((number) => book.answer(number)) },
    { method: 'post', path: '/phone/hang-up', permission: 'desk.use', page: press((number) => book.hangUp(number)) },
    { method: 'post', path: '/phone/dial', permission: 'desk.use', page: (exchange) => dial(exchange, book) },
    { method: 'post', path: '/phone/call-in', permission: 'desk.use', page: (exchange) => callIn(exchange, book) },
  ];
}

async function dial(exchange: Exchange, book: PhoneBook): Promise<void> {
  const { number } = parseFields(numberForm, exchange.req.body);
  const own = await numberOf(exchange.app, exchange.viewer);
  await orShowAgain(exchange, book, number, () => book.dial(own, number));
}

async function callIn(exchange: Exchange, book: PhoneBook): Promise<void> {
  const { did } = parseFields(callInForm, exchange.req.body);
  await orShowAgain(exchange, book, '', () => book.callIn(did));
}

async function orShowAgain(exchange: Exchange, book: PhoneBook, number: string, run: () => void): Promise<void> {
  try {
    run();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const texts = Object.entries(error.fields).map(([field, key]) => [field, exchange.t(key)]);
    return show(exchange, book, Object.fromEntries(texts), number, 422);
  }
  exchange.seeOther('/phone');
}

async function show(
  exchange: Exchange,
  book: PhoneBook,
  errors: FormErrors,
  number: string,
  status: number,
): Promise<void> {
  const { app, viewer } = exchange;
  const phone = await phoneOf(app, viewer, book);
  const all = viewer.teamId === null ? [] : await extensions.ofTeam(app.db, viewer.teamId);
  const others = all.filter((one) => one.number !== phone.number).map((one) => ({ number: one.number, text: '' }));
  const dids = book.dids().map((did) => ({ number: did.number, text: did.name }));
  const model: PhonePage = { phone, dids, others, values: { number }, errors };
  exchange.page('phone/show', model, status);
}

function fragment(app: AppContext, signedIn: SignedIn, book: PhoneBook): FragmentRequest {
  const { viewer } = signedIn;
  const topics = [phonesTopic, ...statusTopics(viewer)];
  return ownFragment(app, signedIn, 'phone', 'phone/_phone', topics, () => phoneOf(app, viewer, book));
}

async function phoneOf(app: AppContext, viewer: Viewer, book: PhoneBook): Promise<PhoneFragment> {
  const version = String(app.hub.version([phonesTopic, ...statusTopics(viewer)]));
  const number = await numberOf(app, viewer);
  return { version, number, ...book.view(number) };
}

/** The phone this person uses now, else his home phone. */
async function numberOf(app: AppContext, viewer: Viewer): Promise<string> {
  agentOf(viewer);
  const number = (await snapshotOf(app, viewer))?.extension?.number;
  if (number === undefined) throw new NotFound();
  return number;
}
