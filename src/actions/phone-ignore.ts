import type { Action } from './action.js';
import { deskPermission, noFields } from './guards.js';

type None = Record<string, never>;

/** 忽略 of the phone link line: dismissed until the phone's state changes (domain guide 15.9). */
export const phoneIgnore: Action<None> = {
  name: 'phone-ignore',
  permission: deskPermission,
  place: 'none',
  shortcut: '',
  asks: false,
  input: noFields,
  isShown: () => false,
  unavailable(snapshot) {
    const { phone, phoneIgnored } = snapshot.state;
    if (snapshot.link !== 'up') return 'link-down';
    if (phone !== 'missing' && phone !== 'unreachable') return 'phone-linked';
    return phoneIgnored ? 'phone-ignored' : null;
  },
  run: ({ operations, snapshot, asker }) => operations.ignorePhone(snapshot.agentId, asker),
};
