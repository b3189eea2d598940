import { type AmiFields, type AmiSender, PbxRefused } from './ami-record.js';
import { getvar } from './commands.js';
import type { PbxPicture } from './events.js';

export type Contact = PbxPicture['contacts'][number];

/** What the PBX knows of one extension's phone now (telephony.md 1.12). */
export interface PhoneFacts {
  /** A contact is registered. It may still not answer: see `deviceState` and `status`. */
  registered: boolean;
  /** Address the phone registered from, '' when none. IPv6 without brackets. */
  host: string;
  /** Null when never measured: no qualify_frequency, or not reachable. */
  rttMicros: number | null;
  /** NOT_INUSE, INUSE, BUSY, RINGING, UNAVAILABLE, INVALID (no such endpoint), UNKNOWN … */
  deviceState: string;
  /** Reachable, Unreachable, NonQualified, Removed, '' without contact. */
  status: string;
}

/**
 * Asks for one extension without needing the class system. Several phones on one extension: the first reachable one is told.
 * Throws TelephonyDown; an unknown extension is `registered: false, deviceState: 'INVALID'`.
 */
export async function readPhone(ami: AmiSender, extension: string): Promise<PhoneFacts> {
  const [deviceState, contacts] = await Promise.all([
    getvar(ami, `DEVICE_STATE(PJSIP/${extension})`),
    readContacts(ami, extension),
  ]);
  const best = contacts.find((contact) => contact.status === 'Reachable') ?? contacts[0];
  return {
    registered: best !== undefined,
    host: best?.host ?? '',
    rttMicros: best?.roundtripMicros ?? null,
    deviceState: deviceState || 'UNKNOWN',
    status: best?.status ?? '',
  };
}

/** The contacts of one extension, by Getvar. */
export async function readContacts(ami: AmiSender, extension: string): Promise<Contact[]> {
  const ids = (await getvar(ami, `PJSIP_AOR(${extension},contact)`)) ?? '';
  const found = await Promise.all(
    ids
      .split(',')
      .filter((id) => id !== '')
      .map((id) => readContact(ami, extension, id)),
  );
  return found.filter((contact) => contact !== null);
}

async function readContact(ami: AmiSender, extension: string, id: string): Promise<Contact | null> {
  const [uri, status, rtt, userAgent] = await Promise.all(
    ['uri', 'status', 'rtt', 'user_agent'].map((field) => getvar(ami, `PJSIP_CONTACT(${id},${field})`)),
  );
  // Gone between the two questions.
  if (!uri) return null;
  return contactOf({
    endpoint: extension,
    uri,
    status: status ?? '',
    roundtripusec: rtt ?? '',
    useragent: userAgent ?? '',
  });
}

/**
 * All registered phones, or null when no user of ours may list them (class system): through the phones' user where there is one.
 * Throws TelephonyDown.
 */
export async function listContacts(ami: AmiSender): Promise<Contact[] | null> {
  try {
    const items = await (ami.phones ?? ami).list({ name: 'PJSIPShowContacts' });
    return items.filter((item) => item.event === 'ContactList').map(contactOf);
  } catch (error) {
    if (error instanceof PbxRefused) return null;
    throw error;
  }
}

/**
 * The phones that registered from `host`, for the adaptive extension (telephony.md 1.2 case 1). Where listing is not allowed the given
 * extensions are asked one by one. Throws TelephonyDown.
 */
export async function contactsFrom(ami: AmiSender, host: string, extensions: string[]): Promise<Contact[]> {
  const listed = await listContacts(ami);
  const all = listed ?? (await Promise.all(extensions.map((extension) => readContacts(ami, extension)))).flat();
  const wanted = plainHost(host);
  return all.filter((contact) => contact.host === wanted);
}

/** `sip:1001@[2001:db8::1]:5060;ob` → `2001:db8::1`. '' when there is no host in it. */
export function uriHost(uri: string): string {
  const found = /^(?:<)?(?:sips?|pjsip):(?:[^@]*@)?(\[[^\]]+\]|[^:;?>]+)/i.exec(uri.trim());
  return plainHost(found?.[1] ?? '');
}

/** Address as compared: lower case, no brackets, an IPv4 address mapped into IPv6 as IPv4. */
export function plainHost(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:(?=\d+\.)/, '');
}

function contactOf(item: AmiFields): Contact {
  const rtt = Number(item.roundtripusec);
  const status = item.status ?? '';
  const uri = item.uri ?? '';
  return {
    endpoint: item.endpoint ?? '',
    uri,
    host: uriHost(uri),
    status,
    roundtripMicros: status === 'Reachable' && item.roundtripusec !== '' && Number.isFinite(rtt) ? rtt : null,
    userAgent: item.useragent ?? '',
  };
}
