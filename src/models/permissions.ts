/**
 * Every permission there is, and what the roles a system begins with contain. Routes and actions name these; roles in the database
 * hold a subset, which an administrator may change.
 */
export const permissions = [
  // of everybody who signs in
  'desk.open',
  'profile.edit',
  // of whoever works as an agent: the function buttons
  'desk.use',
  'calls.own',
  'voicemails.own',
  'messages.read',
  'outgoing.send',
  // of leaders, for the groups they lead
  'calls.group',
  'calls.export',
  'monitor.watch',
  'dialer.operate',
  'announcements.publish',
  // of the team
  'calls.team',
  'monitor.team',
  'calls.inspect',
  'team.administer',
  'pay.settle',
  // of the system
  'system.administer',
] as const;
export type Permission = (typeof permissions)[number];

export type AccountKind = 'system-admin' | 'team-admin' | 'user';

const everybody: readonly Permission[] = ['desk.open', 'profile.edit', 'messages.read'];
const agent: readonly Permission[] = ['desk.use', 'calls.own', 'voicemails.own', 'outgoing.send'];
const leader: readonly Permission[] = [
  'calls.group',
  'calls.export',
  'monitor.watch',
  'dialer.operate',
  'announcements.publish',
];
const teamAdmin: readonly Permission[] = [
  'calls.team',
  'calls.export',
  'monitor.watch',
  'monitor.team',
  'calls.inspect',
  'announcements.publish',
  'outgoing.send',
  'team.administer',
  'pay.settle',
];

/** What an account may by its kind alone, whatever roles say: every person has the basics, administrators their realm. */
export function permissionsOfKind(kind: AccountKind): readonly string[] {
  if (kind === 'system-admin')
    return [
      ...everybody,
      'calls.team',
      'calls.export',
      'monitor.watch',
      'monitor.team',
      'team.administer',
      'system.administer',
    ];
  return kind === 'team-admin' ? [...everybody, ...teamAdmin] : everybody;
}

/** What leading at least one group adds (domain.md 1.9). */
export const permissionsOfLeaders: readonly string[] = leader;

/** Roles every system begins with (domain.md 1.10); the administrator's kinds need none. Names are locale keys `roles.<code>`. */
export const defaultRoles: ReadonlyArray<{ kind: 'account' | 'agent'; code: string; permissions: readonly string[] }> =
  [
    { kind: 'agent', code: 'agent', permissions: agent },
    { kind: 'agent', code: 'group-leader', permissions: [...agent, ...leader] },
    { kind: 'account', code: 'staff', permissions: [] },
    { kind: 'account', code: 'quality-inspector', permissions: ['calls.team', 'calls.inspect'] },
  ];
