import type { SiteExtension } from './site-schema.js';

/** The devices of an extension as app_queue wants them; an external line's state is a custom device that we set (telephony guide 1.2). */
export function deviceOf(extension: SiteExtension): { interface: string; stateInterface: string } {
  const device = extension.interface ?? `PJSIP/${extension.number}`;
  const state = extension.kind === 'external' ? `Custom:agent${extension.number}` : device;
  return { interface: device, stateInterface: extension.stateInterface ?? state };
}
