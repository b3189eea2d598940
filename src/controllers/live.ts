import { agentSettingsTopic } from '../services/agent-settings.js';
import { newsTopic, teamNewsTopic } from '../services/news.js';
import { supervisionTopic } from '../services/supervisions.js';
import { tasksTopic } from '../services/tasks.js';
import { voicemailTopic } from '../services/voicemails.js';
import type { AppContext } from '../web/app-context.js';
import type { SignedIn } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';

/**
 * GET /live: topics this person may know, with the names their pages listen to. What is not here is never told:
 * the own agent, the own session, the own news, the link, and the groups whose monitor is theirs.
 */
export function stream(_app: AppContext, { viewer }: SignedIn): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>([
    // The link's state stands in the status bar, so `agent` is nudged too.
    ['link', ['link', 'agent']],
    [sessionTopic(viewer.accountId), ['session']],
    [tabsTopic(viewer.accountId), ['tabs']],
  ]);
  // The reminder button stands in the status bar.
  for (const topic of newsTopics(viewer)) names.set(topic, ['news', 'agent']);
  if (viewer.teamId !== null) names.set(tasksTopic(viewer.teamId), ['tasks']);
  if (viewer.agentId !== null) {
    names.set(agentTopic(viewer.agentId), ['agent']);
    // Told by whichever process saved them; what the holder hears of `agent:` is its own word only.
    names.set(agentSettingsTopic(viewer.agentId), ['agent']);
    names.set(dayTopic(viewer.agentId), ['day']);
    names.set(voicemailTopic(viewer.agentId), ['voicemail', 'agent']);
  }
  if (viewer.monitoredGroupIds.length > 0) names.set(supervisionTopic(viewer.accountId), ['supervision']);
  for (const groupId of viewer.monitoredGroupIds) names.set(groupTopic(groupId), [`group-${groupId}`]);
  return names;
}

/** What the reminder button and its lists change with. */
export function newsTopics({ accountId, teamId }: Viewer): string[] {
  return [newsTopic(accountId), ...(teamId === null ? [] : [teamNewsTopic(teamId)])];
}

export const agentTopic = (agentId: number): string => `agent:${agentId}`;
/** The agent's figures and calls of the day: told at the end of a call, where `agent` is told at each of its steps. */
export const dayTopic = (agentId: number): string => `day:${agentId}`;
export const groupTopic = (groupId: number): string => `group:${groupId}`;
export const sessionTopic = (accountId: number): string => `session:${accountId}`;
export const tabsTopic = (accountId: number): string => `tabs:${accountId}`;
