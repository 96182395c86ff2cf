import './victim.mjs';
