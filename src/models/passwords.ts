import { type Algorithm, hash, verify } from '@node-rs/argon2';

/** Second choice of RFC 9106 made smaller to OWASP's advice of 19 MiB and 2 passes: a sign-in costs about 20 ms of one core. */
const settings = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Longest password taken: a hash of a megabyte would be work for an attacker to give away. In UTF-16 units. */
export const longestPassword = 200;
/** Shortest one accepted when a password is set. */
export const shortestPassword = 8;

/** @returns the argon2id hash with its salt and settings, for `accounts.password_hash` */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFC'), settings);
}

/** Whether the password belongs to the hash. An unreadable hash, or a password too long to be one, answers no. */
export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  if (password.length > longestPassword) return false;
  try {
    return await verify(stored, password.normalize('NFC'));
  } catch {
    return false;
  }
}

let decoy: Promise<string> | undefined;

/** Takes as long as a real check and says no: an unknown user must not be told from a wrong password by the clock. */
export async function verifyNobody(password: string): Promise<false> {
  decoy ??= hashPassword('nobody has this password');
  await verifyPassword(await decoy, password);
  return false;
}
