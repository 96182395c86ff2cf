import './evil.mjs';
import { readConfig } from './trusted.mjs';
console.log('trusted reads', readConfig());
