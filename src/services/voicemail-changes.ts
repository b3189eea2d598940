import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { NotNow } from '../errors.js';
import { AudioAway } from './audio-files.js';
import { codeOf, insideOf } from './audio-folder.js';
import { voicemailFacts } from './voicemail-index.js';
import { boxPath, messageNames, type SpoolFolder } from './voicemail-spool.js';

/**
 * Changes in Asterisk's own spool, by its rules (app_voicemail): a folder is locked while its files are renumbered, a message is all files
 * of its number, the index last, and numbers have no gaps.
 */
export type Changed = 'done' | 'not-there' | 'not-allowed';

/** @throws NotNow `mailbox-busy`, AudioAway */
export async function moveMessage(
  root: string,
  mailbox: string,
  messageId: string,
  from: SpoolFolder,
  to: SpoolFolder,
): Promise<Changed> {
  return change(root, mailbox, async (box) => {
    await mkdir(join(box, to), { recursive: true });
    return locked([join(box, from), join(box, to)], async () => {
      const found = await find(join(box, from), messageId);
      if (!found) return 'not-there';
      const last = messageNames(await readdir(join(box, to))).at(-1);
      const next = nameOf(last === undefined ? 0 : numberOf(last) + 1);
      await eachFile(join(box, from), found, (file, ending) => rename(file, join(box, to, `${next}.${ending}`)));
      await closeGap(join(box, from), numberOf(found));
      return 'done';
    });
  });
}

/** Removes it for good. @throws NotNow `mailbox-busy`, AudioAway */
export async function removeMessage(
  root: string,
  mailbox: string,
  messageId: string,
  from: SpoolFolder,
): Promise<Changed> {
  return change(root, mailbox, async (box) =>
    locked([join(box, from)], async () => {
      const found = await find(join(box, from), messageId);
      if (!found) return 'not-there';
      await eachFile(join(box, from), found, (file) => unlink(file));
      await closeGap(join(box, from), numberOf(found));
      return 'done';
    }),
  );
}

async function change(root: string, mailbox: string, work: (box: string) => Promise<Changed>): Promise<Changed> {
  const path = boxPath(mailbox);
  if (!path) return 'not-there';
  try {
    return await work(await insideOf(root, path));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'not-allowed';
    if (code === 'ENOENT') return 'not-there';
    throw error instanceof Error && 'code' in error && code.startsWith('E') ? new AudioAway(code) : error;
  }
}

/** Asterisk waits as long for a lock of ours. */
const lockMillis = 5_000;

/** The folders' locks, in one order for everybody; the same steps as ast_lock_path(): an own file, linked to `.lock`. */
async function locked(folders: string[], work: () => Promise<Changed>): Promise<Changed> {
  const held: string[] = [];
  try {
    for (const folder of [...new Set(folders)].sort()) {
      await lock(folder);
      held.push(folder);
    }
    return await work();
  } finally {
    for (const folder of held) await unlink(join(folder, '.lock')).catch(() => undefined);
  }
}

async function lock(folder: string): Promise<void> {
  const own = join(folder, `.lock-${randomBytes(4).toString('hex')}`);
  const file = await open(own, 'wx', 0o600);
  await file.close();
  try {
    for (const until = Date.now() + lockMillis; ; ) {
      const free = await link(own, join(folder, '.lock')).then(
        () => true,
        (error: unknown) => {
          if (codeOf(error) === 'EEXIST') return false;
          throw error;
        },
      );
      if (free) return;
      if (Date.now() > until) throw new NotNow('mailbox-busy');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await unlink(own);
  }
}

/** Name of the message now: it may have been renumbered since it was listed. */
async function find(folder: string, messageId: string): Promise<string | null> {
  for (const name of messageNames(await readdir(folder))) {
    const text = await readFile(join(folder, `${name}.txt`), 'utf8');
    if (voicemailFacts(text).messageId === messageId) return name;
  }
  return null;
}

/** Sound first, the index last: without it there is no message. */
async function eachFile(
  folder: string,
  name: string,
  work: (file: string, ending: string) => Promise<void>,
): Promise<void> {
  const endings = (await readdir(folder))
    .filter((file) => file.startsWith(`${name}.`))
    .map((file) => file.slice(name.length + 1));
  for (const ending of [...endings.filter((one) => one !== 'txt'), ...endings.filter((one) => one === 'txt')])
    await work(join(folder, `${name}.${ending}`), ending);
}

async function closeGap(folder: string, gap: number): Promise<void> {
  const later = messageNames(await readdir(folder)).filter((name) => numberOf(name) > gap);
  for (const [i, name] of later.entries()) {
    const to = nameOf(gap + i);
    if (to !== name) await eachFile(folder, name, (file, ending) => rename(file, join(folder, `${to}.${ending}`)));
  }
}

const numberOf = (name: string): number => Number(name.slice(3));
const nameOf = (number: number): string => `msg${String(number).padStart(4, '0')}`;
