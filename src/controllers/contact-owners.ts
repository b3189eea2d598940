import type { ContactOwner } from '../models/common-contacts.js';
import * as dialTargets from '../models/dial-targets.js';
import * as groups from '../models/groups.js';
import type { Exchange } from '../web/exchange.js';
import type { Option } from '../web/page-models.js';

/** Whose a contact may be: the team's, a group's, a virtual user's. */
export interface Owners {
  /** For a list to choose from; '' = the whole team's. */
  options: Option[];
  /** Of a chosen value; undefined for what is not in the list. */
  of(value: string): ContactOwner | undefined;
  valueOf(owner: ContactOwner): string;
  /** By name, lower-case, as a pasted table says it. */
  named: ReadonlyMap<string, ContactOwner>;
}

const team: ContactOwner = { groupId: null, virtualUserId: null };

/** Those of this team. */
export async function ownersOf({ app, t }: Exchange, teamId: number): Promise<Owners> {
  const [own, virtual] = await Promise.all([
    groups.list(app.db, { teamId }),
    dialTargets.ofTeam(app.db, teamId, 'virtual-user'),
  ]);
  const all: Array<{ value: string; name: string; owner: ContactOwner }> = [
    ...own.map(({ groupId, name }) => ({ value: `group:${groupId}`, name, owner: { ...team, groupId } })),
    ...virtual.map(({ id, name }) => ({ value: `virtual-user:${id}`, name, owner: { ...team, virtualUserId: id } })),
  ];
  const known = new Map([['', team], ...all.map(({ value, owner }) => [value, owner] as const)]);
  return {
    options: [
      { value: '', text: t('common-contacts.index.of-team') },
      ...all.map(({ value, name, owner }) => ({ value, text: owner.groupId === null ? `\u00bb ${name}` : name })),
    ],
    of: (value) => known.get(value),
    valueOf: ({ groupId, virtualUserId }) => {
      if (groupId !== null) return `group:${groupId}`;
      return virtualUserId === null ? '' : `virtual-user:${virtualUserId}`;
    },
    // Where a group and a virtual user share a name, the group is meant.
    named: new Map(all.toReversed().map(({ name, owner }) => [name.toLowerCase(), owner])),
  };
}
