import type { Db } from '../db/database.js';
import * as agents from '../models/agents.js';
import * as extensions from '../models/extensions.js';
import type { AmiSender } from '../telephony/ami-record.js';
import { type Contact, listContacts } from '../telephony/pbx-phone.js';

/** The phones of a team at one moment. */
export interface TeamPhones {
  extensions: extensions.Extension[];
  /** Extension id → who works with it. */
  held: Map<number, extensions.Holder>;
  /** Agent id → how his phone is found. */
  modes: Map<number, agents.ExtensionMode>;
  /** By endpoint; null = the AMI user may not list them. */
  contacts: Map<string, Contact[]> | null;
}

/** At the start of a shift everybody checks in at once: they share one look at the phones. */
const maxAgeMillis = 500;

export class TeamPhoneReader {
  readonly #teams = new Map<number, { at: number; phones: Promise<TeamPhones> }>();
  #listed: { at: number; contacts: Promise<Contact[] | null> } | null = null;

  constructor(
    private readonly db: Db,
    private readonly ami: AmiSender,
    private readonly now: () => number,
  ) {}

  /** @param notBefore a look older than this is not good enough */
  ofTeam(teamId: number, notBefore = this.now() - maxAgeMillis): Promise<TeamPhones> {
    const known = this.#teams.get(teamId);
    if (known && known.at >= notBefore) return known.phones;
    const entry = { at: this.now(), phones: this.#read(teamId, notBefore) };
    this.#teams.set(teamId, entry);
    entry.phones.catch(() => {
      if (this.#teams.get(teamId) === entry) this.#teams.delete(teamId);
    });
    return entry.phones;
  }

  async #read(teamId: number, notBefore: number): Promise<TeamPhones> {
    const [team, held, people, contacts] = await Promise.all([
      extensions.ofTeam(this.db, teamId),
      extensions.heldInTeam(this.db, teamId),
      agents.ofTeam(this.db, teamId),
      this.#contacts(notBefore),
    ]);
    const modes = new Map(people.map((agent) => [agent.agentId, agent.extensionMode]));
    return { extensions: team.filter((e) => e.enabled), held, modes, contacts: contacts && byEndpoint(contacts) };
  }

  #contacts(notBefore: number): Promise<Contact[] | null> {
    if (this.#listed && this.#listed.at >= notBefore) return this.#listed.contacts;
    const entry = { at: this.now(), contacts: listContacts(this.ami) };
    this.#listed = entry;
    entry.contacts.catch(() => {
      if (this.#listed === entry) this.#listed = null;
    });
    return entry.contacts;
  }
}

export function byEndpoint(contacts: readonly Contact[]): Map<string, Contact[]> {
  const map = new Map<string, Contact[]>();
  for (const contact of contacts) {
    const known = map.get(contact.endpoint);
    if (known) known.push(contact);
    else map.set(contact.endpoint, [contact]);
  }
  return map;
}
