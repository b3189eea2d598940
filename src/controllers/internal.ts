import type { Request, Response } from 'express';
import type { AppContext } from '../web/app-context.js';

/** Commands are short; their answers too. */
const largestBody = 256 * 1024;

/** POST /internal/commands: a command of another process of ours. The services check its signature over the text as it came. */
export async function create(app: AppContext, req: Request, res: Response): Promise<void> {
  const body = await textOf(req);
  if (body === null) {
    res.status(413).json({ code: 'too-large', params: {}, fields: {} });
    return;
  }
  const answer = await app.services.internal(req.headers, body);
  res.status(answer.status).set('Cache-Control', 'no-store').type('application/json').send(answer.body);
}

async function textOf(req: Request): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of req) {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    length += bytes.length;
    if (length > largestBody) return null;
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}
