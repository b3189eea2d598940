import type { Destination } from './dialler.js';
import type { SimulatedPhone } from './phone.js';
import type { World } from './world.js';

/** Destination of `PJSIP/1001` or `PJSIP/<number>@trunk`; null: nobody there (unknown or not registered). */
export type FindDestination = (dialString: string) => Destination | null;

export function routing(phones: ReadonlyMap<string, SimulatedPhone>, world: World): FindDestination {
  return (dialString) => {
    const match = /^PJSIP\/([0-9A-Za-z*#+_-]+)(?:@([A-Za-z0-9_-]+))?$/.exec(dialString);
    const [, number = '', trunk] = match ?? [];
    if (trunk !== undefined) return trunk === 'trunk' ? world.destination(number) : null;
    return phones.get(number)?.destination() ?? null;
  };
}
