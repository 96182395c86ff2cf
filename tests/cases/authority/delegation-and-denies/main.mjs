import fs from 'runtime:fs';
import { use } from './helper.mjs';
const whole = fs.dir('/docs');
use('its own', undefined);
use('lent', whole);
use('lent, of that folder', fs.dir('/docs/minted'));
