import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Db } from './database.js';

/**
 * How a pool's secrets lie in the database. Without a key they lie there as they are, unless a key is required: then none may be stored.
 */
interface SecretKeeping {
  key: Buffer | null;
  required: boolean;
}

const mark = 'sealed:v1:';
const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** Tells a pool, and every transaction of it, its key. @param secretKey any text of at least 32 characters; null = none */
export function keepSecrets(db: Db, secretKey: string | null, required: boolean): void {
  const key = secretKey === null ? null : Buffer.from(hkdfSync('sha256', secretKey, '', 'zuoxi settings', 32));
  db.userParams = { ...db.userParams, secrets: { key, required } satisfies SecretKeeping };
}

function keepingOf(db: Db): SecretKeeping {
  return (db.userParams.secrets as SecretKeeping | undefined) ?? { key: null, required: false };
}

export function hasSecretKey(db: Db): boolean {
  return keepingOf(db).key !== null;
}

/** Whether a secret may be stored at all. */
export function mayKeepSecrets(db: Db): boolean {
  const { key, required } = keepingOf(db);
  return key !== null || !required;
}

export function isSealed(text: string): boolean {
  return text.startsWith(mark);
}

/**
 * A secret as it is stored.
 * @param where the row and field it belongs to: moved to another one it cannot be opened
 */
export function seal(db: Db, text: string, where: string): string {
  const { key } = keepingOf(db);
  if (key === null || text === '') return text;
  const iv = randomBytes(ivBytes);
  const sealing = createCipheriv(cipher, key, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(where));
  const body = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()]);
  return mark + Buffer.concat([iv, sealing.getAuthTag(), body]).toString('base64url');
}

/** A stored secret as it was, also one that was stored before there was a key; null = this key does not open it. */
export function unseal(db: Db, stored: string, where: string): string | null {
  if (!isSealed(stored)) return stored;
  const { key } = keepingOf(db);
  if (key === null) return null;
  const all = Buffer.from(stored.slice(mark.length), 'base64url');
  try {
    const opening = createDecipheriv(cipher, key, all.subarray(0, ivBytes), { authTagLength: tagBytes })
      .setAAD(Buffer.from(where))
      .setAuthTag(all.subarray(ivBytes, ivBytes + tagBytes));
    const body = all.subarray(ivBytes + tagBytes);
    return Buffer.concat([opening.update(body), opening.final()]).toString('utf8');
  } catch {
    // Another key, another row, or changed by somebody.
    return null;
  }
}
