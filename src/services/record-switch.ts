import { createHash } from 'node:crypto';
import { setvar } from '../telephony/commands.js';
import { recordedGroups } from './audio-settings.js';
import type { Station } from './station.js';

/** What the dialplan reads (CCREC, and the global variable of a queue): anything but `no` is recorded. */
export function recorded(is: boolean): 'yes' | 'no' {
  return is ? 'yes' : 'no';
}

/**
 * Tells the PBX which queues' calls are recorded, at every change and every reconcile: it keeps that in global variables, which a
 * restart of its own empties. (Its database would outlive that, but no user without class `system` may write there: DB() is a dangerous function.)
 * @throws TelephonyDown
 */
export async function tellRecording({ ami, db, directory, log }: Station): Promise<void> {
  const { groups } = directory.directory;
  const ofTeam = new Map<number, (groupId: number) => boolean>();
  for (const { teamId } of groups) if (!ofTeam.has(teamId)) ofTeam.set(teamId, await recordedGroups(db, teamId));
  const answers = await Promise.all(
    groups.map(({ queue, teamId, groupId }) =>
      setvar(ami, recordVariable(queue), recorded(ofTeam.get(teamId)?.(groupId) ?? true)),
    ),
  );
  const refused = groups.filter((_, i) => answers[i]?.ok === false).map(({ queue }) => queue);
  if (refused.length > 0) log.error({ queues: refused }, 'the PBX cannot be told which calls are recorded');
}

/** As the dialplan puts it together; a queue's name may hold what a variable's may not. */
export function recordVariable(queue: string): string {
  return `CCREC_${createHash('md5').update(queue).digest('hex')}`;
}
