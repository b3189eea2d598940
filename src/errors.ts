/**
 * Errors of the domain: a code (also the locale key `errors.<code>`), parameters for the message, and the HTTP status it maps to.
 * Thrown anywhere, mapped to an answer in one place (web/errors.ts). 409 = not now, 422 = invalid input, 503 = telephony down.
 */
export class DomainError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly params: Readonly<Record<string, string | number>> = {},
  ) {
    super(`${code} ${JSON.stringify(params)}`);
    this.name = new.target.name;
  }
}

/** The request is malformed or a field is wrong. `fields` maps a form field to the locale key of its message. */
export class InvalidInput extends DomainError {
  constructor(
    code: string,
    readonly fields: Readonly<Record<string, string>> = {},
    params: Readonly<Record<string, string | number>> = {},
  ) {
    super(code, 422, params);
  }
}

/** The present state does not allow it (lit buttons and this come from one predicate). */
export class NotNow extends DomainError {
  constructor(code: string, params: Readonly<Record<string, string | number>> = {}) {
    super(code, 409, params);
  }
}

/** It exists, but is not for this person. */
export class Forbidden extends DomainError {
  constructor(code = 'forbidden', params: Readonly<Record<string, string | number>> = {}) {
    super(code, 403, params);
  }
}

/** It does not exist, or belongs to another team: the two look the same from outside. */
export class NotFound extends DomainError {
  constructor(code = 'not-found', params: Readonly<Record<string, string | number>> = {}) {
    super(code, 404, params);
  }
}

/** The PBX or its link is down, or it did not confirm in time. */
export class TelephonyDown extends DomainError {
  constructor(code = 'telephony-down', params: Readonly<Record<string, string | number>> = {}) {
    super(code, 503, params);
  }
}
