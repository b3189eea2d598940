import type { CheckInAnswers } from './operations.js';

/** An extension of the team as the check-in looks at it. */
export interface PhoneFacts {
  extensionId: number;
  number: string;
  external: boolean;
  /** Number of the other agent who works with it now; null = nobody else. */
  usedBy: string | null;
  /** Where it is registered from; null = not registered or not reachable. */
  address: string | null;
}

export interface PhoneChoiceFacts {
  mode: 'fixed' | 'self-select' | 'adaptive';
  own: PhoneFacts | null;
  /** Every enabled extension of the team, the own one included. */
  phones: readonly PhoneFacts[];
  browserAddress: string;
  answers: CheckInAnswers;
}

export type PhoneChoice =
  | { kind: 'use'; phone: PhoneFacts; corrected: boolean; ignored: boolean }
  | {
      kind: 'ask';
      question: 'extension-in-use' | 'several-phones' | 'phone-missing' | 'address-differs';
      params: Record<string, string>;
      choices: string[];
    }
  | { kind: 'refuse'; code: 'no-extension' | 'extension-unknown' | 'extension-fixed' };

/**
 * Which phone a check-in uses: the five outcomes of the specification (E2). Pure: the caller gathered the facts, and the unique keys
 * of extension_holds decide between two agents who ask in the same moment.
 */
export function choosePhone(facts: PhoneChoiceFacts): PhoneChoice {
  const { answers, own, mode } = facts;
  const typed = answers.extension !== '' && answers.extension !== own?.number;
  if (typed) {
    // Domain guide 1.6: fixed cannot be changed; the specification still lets anyone give another number when his own is in use.
    if (mode === 'fixed' && !own?.usedBy) return { kind: 'refuse', code: 'extension-fixed' };
    const phone = facts.phones.find((p) => p.number === answers.extension);
    if (!phone) return { kind: 'refuse', code: 'extension-unknown' };
    // A number typed by the agent is his word that this phone is within his reach: its address is not asked about again.
    return checked(facts, phone, { corrected: false, addressMatters: false });
  }
  if (mode === 'adaptive' && !own?.external) {
    const adapted = adapt(facts);
    if (adapted) return adapted;
  }
  if (!own) return { kind: 'refuse', code: 'no-extension' };
  return checked(facts, own, { corrected: false, addressMatters: mode !== 'fixed' });
}

/** 自适应: the phone registered from the browser's address. null = none there, or the agent's own: the usual checks follow. */
function adapt(facts: PhoneChoiceFacts): PhoneChoice | null {
  const here = facts.phones.filter((p) => !p.external && !p.usedBy && sameHost(p.address, facts.browserAddress));
  if (here.some((p) => p.extensionId === facts.own?.extensionId)) return null;
  const [only, ...others] = here;
  if (!only) return null;
  if (facts.answers.acceptAddress && facts.own && !facts.own.usedBy) return null;
  if (others.length === 0) return { kind: 'use', phone: only, corrected: true, ignored: false };
  // Several phones behind one address: picking one at random would ring a stranger's desk.
  return {
    kind: 'ask',
    question: 'several-phones',
    params: { extensions: here.map((p) => p.number).join(', ') },
    choices: ['change', 'cancel'],
  };
}

function checked(
  facts: PhoneChoiceFacts,
  phone: PhoneFacts,
  how: { corrected: boolean; addressMatters: boolean },
): PhoneChoice {
  const { answers, browserAddress } = facts;
  if (phone.usedBy !== null) {
    const params = { agentNo: phone.usedBy, extension: phone.number };
    return { kind: 'ask', question: 'extension-in-use', params, choices: ['change', 'cancel'] };
  }
  const use: PhoneChoice = { kind: 'use', phone, corrected: how.corrected, ignored: false };
  if (phone.external) return use;
  if (phone.address === null) {
    if (answers.ignorePhone) return { ...use, ignored: true };
    const params = { extension: phone.number };
    return { kind: 'ask', question: 'phone-missing', params, choices: ['ignore', 'cancel'] };
  }
  if (how.addressMatters && !answers.acceptAddress && !sameHost(phone.address, browserAddress)) {
    const params = { extension: phone.number, phoneAddress: phone.address, address: plainAddress(browserAddress) };
    return { kind: 'ask', question: 'address-differs', params, choices: ['continue', 'change', 'cancel'] };
  }
  return use;
}

/** One spelling for one host: IPv4 in IPv6 clothes (::ffff:10.0.0.1), a zone index, brackets, the two loopbacks. */
export function plainAddress(address: string): string {
  const bare = address
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '')
    .replace(/^::ffff:/, '');
  return bare === '::1' ? '127.0.0.1' : bare;
}

function sameHost(a: string | null, b: string): boolean {
  return a !== null && plainAddress(a) === plainAddress(b);
}
