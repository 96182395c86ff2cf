export { env } from 'runtime:job';
