import type { Request } from 'express';
import type { Asker } from '../actions/action.js';
import type { Viewer } from '../web/viewer.js';

/** Who asks for a command. The address is the socket's, or what a trusted proxy says (Express: `trust proxy`). */
export function askerOf(viewer: Viewer, req: Request): Asker {
  const { accountId, userName, teamId, agentId } = viewer;
  return { accountId, userName, teamId, agentId, address: req.ip ?? '' };
}
