import { missing } from './requirements.js';

for (const line of missing()) console.log(line);
