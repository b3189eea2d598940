import { engine } from './engine.js';
import { table } from './figures.js';
console.log(table(await engine()));
