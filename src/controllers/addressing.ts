import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Forbidden, InvalidInput, NotFound } from '../errors.js';
import * as groups from '../models/groups.js';
import * as memberships from '../models/memberships.js';
import * as recipients from '../models/recipients.js';
import type { AppContext } from '../web/app-context.js';
import { multiLine } from '../web/forms.js';
import type { AddressBook } from '../web/pages/messages.js';
import type { Viewer } from '../web/viewer.js';
import { type Fields, withoutButtons } from './call-form.js';

/** Longest text of a message, an announcement or a task, in characters. */
export const longestText = 20_000;
/** Persons listed beside a form; others are typed. */
const mostListed = 200;
/** Characters of typed names: room for five thousand agent numbers. */
const mostNames = 60_000;
/** Persons named in words; of more, their number says enough. */
const mostNamed = 8;

/** A text of several lines; too long is said with the limit. */
export const longText = multiLine(4_000_000).refine((value) => [...value].length <= longestText, {
  error: 'errors.text-too-long',
});
export const requiredText = longText.refine((value) => value !== '', { error: 'errors.required' });
export const namesField = multiLine(mostNames);

/** The word a form is handed out with, so that it counts once however often it is sent. */
export const newFormKey = (): string => randomBytes(13).toString('hex');
export const formKeyField = z.string({ error: 'errors.invalid' }).regex(/^[0-9a-f]{26}$/, { error: 'errors.invalid' });
/**
 * What a form counts by: its key, and what was written in it. Pressed twice it is the same; sent once more after Back with another text or for
 * another person it is another one, and nothing of it is lost.
 */
export function sentKey(fields: Fields): string {
  const written = Object.entries(withoutButtons(fields)).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(written)).digest('hex').slice(0, 26);
}
/** The key of a form shown again: its own if it has one. */
export function keptFormKey({ formKey }: Fields): string {
  return typeof formKey === 'string' && formKeyField.safeParse(formKey).success ? formKey : newFormKey();
}

/** @throws Forbidden for system administrators, who are in no team */
export function teamOf({ teamId }: Viewer): number {
  if (teamId === null) throw new Forbidden('no-team');
  return teamId;
}

/** Groups this person is in, the led ones among them. */
export async function ownGroupIds({ db }: AppContext, { agentId }: Viewer): Promise<number[]> {
  return agentId === null ? [] : (await memberships.ofAgent(db, agentId)).map(({ groupId }) => groupId);
}

/**
 * To whom this person may write and give tasks: administrators to everybody of the team; others to the people of their groups, to every
 * leader and to the administrators.
 */
export async function reachOf(app: AppContext, viewer: Viewer): Promise<recipients.Reach> {
  const wholeTeam = viewer.permissions.has('team.administer');
  const groupIds = wholeTeam ? [] : await ownGroupIds(app, viewer);
  return { teamId: teamOf(viewer), wholeTeam, groupIds, superiors: true };
}

/** What a form offers: the groups, and the first persons. */
export async function addressBook({ db }: AppContext, viewer: Viewer, reach: recipients.Reach): Promise<AddressBook> {
  const { teamId, wholeTeam, groupIds } = reach;
  const offered = await groups.list(db, wholeTeam ? { teamId } : { teamId, groupIds });
  const people = await recipients.list(db, reach, mostListed + 1);
  return {
    everybody: wholeTeam,
    groups: offered.map(({ groupId, name }) => ({ value: String(groupId), text: name })),
    people: people.slice(0, mostListed).filter(({ accountId }) => accountId !== viewer.accountId),
    more: people.length > mostListed,
  };
}

/** Whom a form named. */
export interface Addressed {
  everybody: boolean;
  groups: groups.Group[];
  people: recipients.Addressee[];
}

/**
 * Reads the boxes ticked (`group_<id>`, `everybody`) and the names typed into `people`.
 * @param besides a person he may name although out of reach (whom he answers)
 * @throws NotFound for a group that was not offered; InvalidInput naming `people`
 */
export async function addressedBy(
  { db }: AppContext,
  reach: recipients.Reach,
  fields: Fields,
  names: string,
  besides: recipients.Addressee | null = null,
): Promise<Addressed> {
  const { teamId, wholeTeam, groupIds } = reach;
  const ticked = tickedGroups(fields);
  const offered = ticked.length === 0 ? [] : await groups.list(db, wholeTeam ? { teamId } : { teamId, groupIds });
  const chosen = ticked.map((id) => offered.find(({ groupId }) => String(groupId) === id));
  if (chosen.includes(undefined) || (fields.everybody !== undefined && !wholeTeam)) throw new NotFound();
  const { found, unknown } = await recipients.byNames(db, reach, namesIn(names));
  const isBesides = (name: string) => besides !== null && [besides.agentNo, besides.userName].includes(name);
  const strangers = unknown.filter((name) => !isBesides(name));
  if (strangers.length > 0) {
    const shown = strangers.slice(0, mostNamed).join(', ').slice(0, 200);
    throw new InvalidInput('invalid', { people: 'errors.people-unknown' }, { names: shown });
  }
  return {
    everybody: fields.everybody !== undefined,
    groups: chosen.filter((group) => group !== undefined),
    people: unknown.length > 0 && besides ? [...found, besides] : found,
  };
}

/** Ids ticked, as sent. */
export function tickedGroups(fields: Fields): string[] {
  return Object.keys(fields)
    .filter((name) => name.startsWith('group_'))
    .map((name) => name.slice('group_'.length));
}

/** Accounts of all that were addressed, each once, without the one who writes. */
export async function accountsOf(
  { db }: AppContext,
  { teamId, accountId }: { teamId: number; accountId: number },
  { everybody, groups: chosen, people }: Addressed,
): Promise<number[]> {
  const all = everybody
    ? await recipients.ofTeam(db, teamId)
    : await recipients.ofGroups(
        db,
        teamId,
        chosen.map(({ groupId }) => groupId),
      );
  const each = new Set([...all, ...people.map((person) => person.accountId)]);
  each.delete(accountId);
  return [...each];
}

/** For people to read: groups, then persons; '' = the whole team. */
export function addressedWords({ everybody, groups: chosen, people }: Addressed): string {
  if (everybody) return '';
  const named = people.slice(0, mostNamed).map(({ agentNo, surname }) => (agentNo ? `${agentNo} ${surname}` : surname));
  const rest = people.length > mostNamed ? [`+${people.length - mostNamed}`] : [];
  return [...chosen.map(({ name }) => name), ...named, ...rest].join(', ');
}

/** Words between spaces, commas (also the Chinese ones) and line ends, each once. */
function namesIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;\uff0c\u3001\uff1b]+/).filter((word) => word !== ''))];
}
